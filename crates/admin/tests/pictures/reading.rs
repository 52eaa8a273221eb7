//! Honest pictures.

use actix_web::rt::System;
use suo_admin::pictures::{Code, Kind, ReadError};

use super::{Scene, bitmap, picture_of};

#[test]
fn codes_come_back_with_their_kinds() {
    let scene = Scene::new();
    for (text, kind) in [
        ("https://weixin.qq.com/g/AwYAAB", Kind::WechatGroup),
        ("你好", Kind::Text),
    ] {
        let read = scene.reader.read(picture_of(text).into());
        let code = Code {
            text: text.to_owned(),
            kind,
        };
        assert_eq!(System::new().block_on(read), Ok(vec![code]));
    }
    // They came one after the other, so one child was enough.
    assert_eq!(scene.children().len(), 1);
}

#[test]
fn what_is_no_picture_and_what_holds_no_code_are_told_apart() {
    let scene = Scene::new();
    let read = |file: Vec<u8>| System::new().block_on(scene.reader.read(file.into()));
    let empty = bitmap(64, 64, |_, _| false);
    assert_eq!(read(b"<html>".to_vec()), Err(ReadError::NotAPicture));
    assert_eq!(read(Vec::new()), Err(ReadError::NotAPicture));
    assert_eq!(read(empty[..40].to_vec()), Err(ReadError::Unreadable));
    assert_eq!(read(empty), Err(ReadError::Unreadable));
}

#[test]
fn a_program_that_cannot_be_started_is_our_trouble() {
    let scene = Scene::with("/nonexistent".into());
    let read = scene.reader.read(picture_of("text").into());
    assert_eq!(System::new().block_on(read), Err(ReadError::Busy));
}
