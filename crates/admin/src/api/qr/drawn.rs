//! Pictures of codes: drawn, read again, kept for a while.

use std::sync::LazyLock;

use actix_web::web::{self, Bytes};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use suo_qr::{Code, Design, DesignError, Level};

use super::hex::hex;
use crate::{
    pictures::{ReadError, Reader},
    problem::{Code as Fault, Finding, Name, Problem},
};

/// What pictures are kept, in bytes.
const KEPT: u64 = 16 << 20;

/// Rises when the same wish is drawn in another way.
const DRAWING: u8 = 3;

/// Pixels along one side of a module in the picture that stands for an SVG when it is read: few, as
/// of a poster from afar.
const SMALL: usize = 4;

/// Pictures by what decides them; the same in all parts of the program.
static PICTURES: LazyLock<Cache<[u8; 32], Bytes>> = LazyLock::new(|| {
    let size = |_: &[u8; 32], picture: &Bytes| u32::try_from(picture.len()).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(KEPT).weigher(size).build()
});

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Svg,
    Png,
}

/// What is to be drawn.
pub(super) struct Drawing {
    pub(super) text: String,
    pub(super) level: Level,
    pub(super) design: Design,
    pub(super) format: Format,
}

impl Drawing {
    /// The hash of all that decides the picture.
    fn hash(&self) -> [u8; 32] {
        let mut plain = self.design.clone();
        let logo = plain.logo.take();
        let mut hash = Sha256::new();
        hash.update([DRAWING]);
        hash.update(format!("{:?} {:?} {plain:?}\0", self.level, self.format));
        hash.update(format!("{}\0", self.text));
        if let Some(logo) = logo {
            hash.update(logo.percent.to_be_bytes());
            hash.update(&logo.png);
        }
        hash.finalize().into()
    }

    /// For `ETag`: changes with the picture.
    pub(super) fn etag(&self) -> String {
        let hash = self.hash();
        format!("\"{}\"", hex(&hash[..16]))
    }

    /// The picture, if a reader reads from it what it shall hold.
    pub(super) async fn picture(self, reader: &Reader) -> Result<Bytes, Problem> {
        let hash = self.hash();
        if let Some(picture) = PICTURES.get(&hash) {
            return Ok(picture);
        }
        let text = self.text.clone();
        let drawn = web::block(move || self.draw()).await.map_err(|error| {
            tracing::error!(%error, "no thread for drawing a QR code");
            Problem::new(Name::Unavailable, "try again in a moment")
        })?;
        let (picture, proof) = drawn?;
        match reader.read(proof).await {
            Ok(codes) if codes.iter().all(|code| code.text == text) => {
                PICTURES.insert(hash, picture.clone());
                Ok(picture)
            }
            Err(ReadError::Busy) => Err(ReadError::Busy.into()),
            Ok(_) | Err(_) => Err(unreadable()),
        }
    }

    /// The picture, and a PNG of the same design that is to be read.
    fn draw(&self) -> Result<(Bytes, Bytes), Problem> {
        let code = Code::new(&self.text, self.level).map_err(|error| {
            Problem::fields(vec![Finding::new("?level", Fault::TooLong, error)])
        })?;
        self.design.check(&code, self.level).map_err(refused)?;
        let png = |design: &Design| design.png(&code).map(Bytes::from).map_err(refused);
        match self.format {
            Format::Png => {
                let png = png(&self.design)?;
                Ok((png.clone(), png))
            }
            Format::Svg => {
                let mut small = self.design.clone();
                small.size = small.side(&code) * SMALL;
                let svg = self.design.svg(&code).map_err(refused)?;
                Ok((svg.into(), png(&small)?))
            }
        }
    }
}

fn refused(error: DesignError) -> Problem {
    let (pointer, code) = match error {
        DesignError::TooSmall | DesignError::TooSmallForShapes => ("?size", Fault::OutOfRange),
        DesignError::LowContrast => ("?fg", Fault::LowContrast),
        DesignError::LogoTooLarge => ("?logo_size", Fault::LogoTooLarge),
        DesignError::NotALogo => ("?logo", Fault::UnknownLogo),
    };
    Problem::fields(vec![Finding::new(pointer, code, error)])
}

fn unreadable() -> Problem {
    let detail = "the code can't be read in this design, or the logo has a code of its own";
    Problem::fields(vec![Finding::new("?", Fault::UnreadableDesign, detail)])
}
