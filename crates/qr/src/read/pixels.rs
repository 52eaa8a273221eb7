//! From the bytes of a file to pixels, with bounds that are checked before anything is decoded.

use std::{fmt, io::Cursor};

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, error::LimitErrorKind,
};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// The largest picture that is read, in pixels.
pub const MAX_PIXELS: u64 = 40_000_000;

/// What a decoder may allocate, in bytes: the largest picture with 16 bits in four channels.
const MAX_ALLOC: u64 = MAX_PIXELS * 8;

/// Modules along the side of the smallest code; a picture with fewer pixels holds none.
const SMALLEST: u32 = 21;

/// What is read, by the first bytes of the file alone.
const FORMATS: [ImageFormat; 5] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
];

/// Why there are no pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The bytes are none of PNG, JPEG, WebP, GIF, BMP.
    NotAPicture,
    /// More than [`MAX_BYTES`] or [`MAX_PIXELS`].
    TooLarge,
    /// Begins like a picture and is broken, or is smaller than any code.
    Broken,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPicture => "not a picture: PNG, JPEG, WebP, GIF and BMP are read",
            Self::TooLarge => "the picture has more than 8 MiB or 40 million pixels",
            Self::Broken => "the picture is broken",
        })
    }
}

impl std::error::Error for OpenError {}

/// A decoded picture, turned the right way up: its first frame, 8 bits a channel.
pub struct Pixels {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 1 (grey), 3 (red, green, blue) or 4 (and opacity).
    pub(super) channels: usize,
    /// Row by row; `width * height * channels`.
    pub(super) bytes: Vec<u8>,
}

impl Pixels {
    /// Decodes a file of any of the formats.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(file: &[u8]) -> Result<Self, OpenError> {
        if file.len() > MAX_BYTES {
            return Err(OpenError::TooLarge);
        }
        let format = image::guess_format(file).map_err(|_| OpenError::NotAPicture)?;
        if !FORMATS.contains(&format) {
            return Err(OpenError::NotAPicture);
        }
        let mut reader = ImageReader::with_format(Cursor::new(file), format);
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MAX_ALLOC);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|error| why(&error))?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(OpenError::TooLarge);
        }
        if width.min(height) < SMALLEST {
            return Err(OpenError::Broken);
        }
        let orientation = decoder.orientation();
        let mut image = DynamicImage::from_decoder(decoder).map_err(|error| why(&error))?;
        if let Ok(orientation) = orientation {
            image.apply_orientation(orientation);
        }
        Ok(Self::from(image))
    }

    /// Pixels of one row, pixels of one column.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }
}

impl From<DynamicImage> for Pixels {
    fn from(image: DynamicImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let color = image.color();
        let (channels, bytes) = match (color.has_color(), color.has_alpha()) {
            (false, false) => (1, image.into_luma8().into_raw()),
            (true, false) => (3, image.into_rgb8().into_raw()),
            (_, true) => (4, image.into_rgba8().into_raw()),
        };
        Self {
            width,
            height,
            channels,
            bytes,
        }
    }
}

fn why(error: &ImageError) -> OpenError {
    match error {
        ImageError::Limits(limits) => match limits.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => {
                OpenError::TooLarge
            }
            _ => OpenError::Broken,
        },
        _ => OpenError::Broken,
    }
}
