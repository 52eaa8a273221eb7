//! QR codes of short links, drawn off the serving threads and kept for a while.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use moka::sync::Cache;
use suo_qr::{Code, Level, Picture};

use crate::workshop::{Full, Workshop};

/// Bytes of pictures that are kept; one has about 600.
const CACHE_BYTES: u64 = 4 << 20;

/// How long a picture is kept that nobody asks for.
const IDLE: Duration = Duration::from_secs(600);

/// Pictures that wait to be drawn at most; one takes less than a millisecond.
const QUEUE: usize = 256;

/// Draws and keeps pictures.
#[derive(Debug)]
pub(crate) struct Pictures {
    kept: Cache<Arc<str>, Bytes>,
    workshop: Workshop,
}

impl Pictures {
    pub(crate) fn new() -> io::Result<Self> {
        let kept = Cache::builder()
            .max_capacity(CACHE_BYTES)
            .weigher(|url: &Arc<str>, png: &Bytes| {
                u32::try_from(url.len() + png.len()).unwrap_or(u32::MAX)
            })
            .time_to_idle(IDLE)
            .build();
        Ok(Self {
            kept,
            workshop: Workshop::start("suo-edge-qr", 1, QUEUE)?,
        })
    }

    /// The picture of a URL, as PNG.
    pub(crate) async fn of(&self, url: String) -> Result<Bytes, Full> {
        if let Some(png) = self.kept.get(url.as_str()) {
            return Ok(png);
        }
        let text = url.clone();
        let drawn = self.workshop.take_on(move || draw(&text))?.await;
        // Short links fit; a thread that has died draws nothing any more.
        let png = drawn.ok().flatten().ok_or(Full)?;
        self.kept.insert(url.into(), png.clone());
        Ok(png)
    }
}

fn draw(url: &str) -> Option<Bytes> {
    let code = Code::new(url, Level::Medium).ok()?;
    Some(Picture::default().png(&code).into())
}
