//! Pictures that are made to do harm.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use actix_web::rt::{System, spawn, task::yield_now};
use suo_admin::pictures::ReadError;
use suo_testkit::wait_until;

use super::{Scene, bitmap, picture_of};

/// How long a child may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nothing but finder patterns: each three of them could be a code.
fn carpet() -> Vec<u8> {
    let module = |at: usize| at / 4 % 9;
    bitmap(1080, 1080, |x, y| {
        let (x, y) = (module(x).abs_diff(4), module(y).abs_diff(4));
        matches!(x.max(y), 0 | 1 | 3)
    })
}

#[test]
fn a_picture_that_takes_too_long_is_given_up_and_its_child_ended() {
    let scene = Scene::new();
    System::new().block_on(async {
        let begun = Instant::now();
        let reader = scene.reader.clone();
        let hard = spawn(async move { reader.read(carpet().into()).await });
        yield_now().await;
        let stalled = wait_until("a child reads", PATIENCE, || match scene.children()[..] {
            [pid] => Ok(pid),
            _ => Err("none is there"),
        });
        let honest = scene.reader.read(picture_of("meanwhile").into());
        assert_eq!(honest.await.unwrap()[0].text, "meanwhile");
        // It did not wait for its turn: it had a child of its own.
        assert!(scene.children().iter().any(|pid| *pid != stalled));
        assert_eq!(hard.await.unwrap(), Err(ReadError::TooHard));
        assert!(begun.elapsed() < Duration::from_secs(20));
        wait_until("its child is ended and buried", PATIENCE, || {
            let stalled = Path::new("/proc").join(stalled.to_string());
            (!stalled.exists()).then_some(()).ok_or("it is still there")
        });
        let next = scene.reader.read(picture_of("next").into());
        assert_eq!(next.await.unwrap()[0].text, "next");
    });
}

#[test]
fn a_child_that_dies_is_replaced() {
    let scene = Scene::new();
    System::new().block_on(async {
        let read = || scene.reader.read(picture_of("text").into());
        assert_eq!(read().await.unwrap()[0].text, "text");
        let [pid] = scene.children()[..] else {
            panic!("one child is enough for one picture after the other");
        };
        let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        wait_until("the child has ended", PATIENCE, || {
            let state = format!("/proc/{}/stat", pid.as_raw_nonzero());
            let state = std::fs::read_to_string(state).unwrap();
            state.contains(") Z ").then_some(()).ok_or(state)
        });
        assert_eq!(read().await.unwrap()[0].text, "text");
    });
}

#[test]
fn children_end_with_their_parent() {
    let scene = Scene::new();
    System::new().block_on(async {
        scene.reader.read(picture_of("text").into()).await.unwrap();
    });
    assert_eq!(scene.children().len(), 1);
    let Scene { folder, reader } = scene;
    let other = Scene {
        folder,
        reader: suo_admin::pictures::Reader::new().unwrap(),
    };
    drop(reader);
    wait_until(
        "no child is left",
        PATIENCE,
        || match other.children()[..] {
            [] => Ok(()),
            [pid, ..] => Err(pid),
        },
    );
}

#[test]
fn more_pictures_than_can_wait_are_refused() {
    let scene = Scene::new();
    System::new().block_on(async {
        let started: Vec<_> = (0..64)
            .map(|_| {
                let reader = scene.reader.clone();
                spawn(async move { reader.read(carpet().into()).await })
            })
            .collect();
        let mut refused = 0;
        for task in started {
            let error = task.await.unwrap().unwrap_err();
            assert!(matches!(error, ReadError::Busy | ReadError::TooHard));
            refused += usize::from(error == ReadError::Busy);
        }
        assert!((1..64).contains(&refused), "{refused}");
    });
}

#[test]
fn whoever_sends_one_picture_at_a_time_is_never_told_that_too_many_are_read() {
    let scene = Scene::new();
    System::new().block_on(async {
        for _ in 0..3 {
            let hard = scene.reader.read(carpet().into()).await;
            assert_eq!(hard, Err(ReadError::TooHard));
            let next = scene.reader.read(picture_of("next").into()).await;
            assert_eq!(next.unwrap()[0].text, "next");
        }
    });
}

#[test]
fn pictures_too_large_to_decode_are_refused_by_their_headers() {
    let scene = Scene::new();
    let read = |file: Vec<u8>| {
        System::new().block_on(async { scene.reader.read(file.into()).await.unwrap_err() })
    };
    let mut huge = bitmap(64, 64, |_, _| false);
    huge[18..26].copy_from_slice(&[0, 255, 0, 0, 0, 255, 0, 0]);
    assert_eq!(read(huge), ReadError::TooLarge);
    assert_eq!(read(vec![b'B'; 9 << 20]), ReadError::TooLarge);
    assert_eq!(read(bitmap(1, 3000, |_, _| true)), ReadError::Unreadable);
}
