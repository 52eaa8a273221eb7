//! A picture on its way to us: `multipart/form-data`.

use actix_multipart::{Field, Multipart};
use actix_web::web::{Bytes, BytesMut};
use futures_util::TryStreamExt;

use crate::pictures::LIMIT;

/// Bytes that are read before a picture is refused as too large: a browser that still sends does
/// not see the refusal.
const READ: usize = 2 * LIMIT;

/// The longest text field, in bytes.
const TEXT: usize = 256;

/// What arrived.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) token: String,
    /// `None`: no file was chosen.
    pub(super) file: Option<Bytes>,
}

/// Why nothing arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UploadError {
    /// Broken off, or no form.
    Broken,
    /// Too many bytes.
    TooLarge,
}

impl Upload {
    /// Reads the fields `token` and `file`; of several files the first that is not empty. What
    /// the browser says about the file's name and type is not looked at.
    pub(super) async fn receive(mut form: Multipart) -> Result<Self, UploadError> {
        let mut upload = Self {
            token: String::new(),
            file: None,
        };
        let mut left = READ;
        while let Some(field) = form.try_next().await.map_err(|_| UploadError::Broken)? {
            match field.name() {
                Some("file") if upload.file.is_none() => {
                    let file = all(field, LIMIT, &mut left).await?;
                    upload.file = Some(file).filter(|file| !file.is_empty());
                }
                Some("token") => {
                    let bytes = all(field, TEXT, &mut left).await?;
                    upload.token = String::from_utf8_lossy(&bytes).into_owned();
                }
                _ => _ = all(field, LIMIT, &mut left).await?,
            }
        }
        Ok(upload)
    }
}

/// All of a field that has at most `limit` bytes; more are read while any are `left`.
async fn all(mut field: Field, limit: usize, left: &mut usize) -> Result<Bytes, UploadError> {
    let mut bytes = BytesMut::new();
    let mut is_too_large = false;
    while let Some(chunk) = field.try_next().await.map_err(|_| UploadError::Broken)? {
        *left = left.checked_sub(chunk.len()).ok_or(UploadError::TooLarge)?;
        is_too_large |= bytes.len() + chunk.len() > limit;
        if is_too_large {
            bytes.clear();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    if is_too_large {
        Err(UploadError::TooLarge)
    } else {
        Ok(bytes.freeze())
    }
}
