//! In which order a picture is looked at, and how.
//!
//! Most pictures are read at the first look. The rest are looked at in other tones, sizes and
//! thresholds, first those that read most for their time, as measured over hundreds of
//! pictures; deblurring and the slow decoder come last. A grid that bends is third: whoever has
//! three marks in sight and can't be read needs it more than anything else.

use std::fmt;

use super::{
    bent,
    detect::{self, Look},
    gray::{Gray, Tone},
    pixels::Pixels,
    resize::Size,
    threshold::Threshold,
};

/// Larger pictures are looked at in this size, in pixels along the longer side; as they are
/// only by the steps that say so.
const WORKING: usize = 1600;

/// Pictures larger than this, along the longer side, are not doubled.
const DOUBLED: usize = 800;

/// How many more looks are taken when a code was read and another one is in sight.
const MORE: usize = 6;

/// What is done about blur and noise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cure {
    None,
    /// Radius in pixels.
    Smooth(usize),
    /// Radius in pixels.
    Unsharp(usize),
    /// Pixels of white around it.
    Border(usize),
    /// Standard deviation in pixels, rounds.
    Deblur(f32, usize),
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eye {
    Rxing(Threshold),
    RxingOld,
    Rqrr,
    /// Reads what is bent.
    Bent(Threshold),
}

/// One way of looking at a picture.
type Step = (Tone, Size, Cure, Eye);

const HYBRID: Eye = Eye::Rxing(Threshold::Hybrid);
const OTSU: Eye = Eye::Rxing(Threshold::Otsu);
const HISTOGRAM: Eye = Eye::Rxing(Threshold::Histogram);
const fn local(radius: usize) -> Eye {
    Eye::Rxing(Threshold::Local(radius))
}

const STEPS: &[Step] = &[
    (Tone::Luma, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::Luma, Size::Within(400), Cure::None, HYBRID),
    (
        Tone::Luma,
        Size::Within(WORKING),
        Cure::None,
        Eye::Bent(Threshold::Hybrid),
    ),
    (Tone::Luma, Size::Within(WORKING), Cure::None, OTSU),
    (
        Tone::OverBlack,
        Size::Within(WORKING),
        Cure::None,
        HISTOGRAM,
    ),
    (Tone::Inverted, Size::Within(WORKING), Cure::None, HISTOGRAM),
    (Tone::Inverted, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::OverBlack, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::Brightest, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::Luma, Size::Half, Cure::None, HISTOGRAM),
    (Tone::Blue, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::Luma, Size::Within(WORKING), Cure::Border(20), HYBRID),
    (Tone::Luma, Size::Within(WORKING), Cure::None, local(15)),
    (Tone::Luma, Size::Within(WORKING), Cure::None, local(40)),
    (Tone::Red, Size::Within(WORKING), Cure::None, HYBRID),
    (Tone::Darkest, Size::Within(WORKING), Cure::None, HYBRID),
    (
        Tone::Luma,
        Size::Within(WORKING),
        Cure::Unsharp(4),
        HISTOGRAM,
    ),
    (
        Tone::Luma,
        Size::Within(WORKING),
        Cure::Unsharp(4),
        Eye::RxingOld,
    ),
    (Tone::Luma, Size::Full, Cure::None, HYBRID),
    (Tone::Luma, Size::Double, Cure::None, HYBRID),
    (Tone::Luma, Size::Within(300), Cure::Deblur(2.5, 8), HYBRID),
    (Tone::Luma, Size::Within(300), Cure::Deblur(3.5, 20), HYBRID),
    (Tone::Luma, Size::Within(300), Cure::Deblur(5.0, 20), HYBRID),
    (
        Tone::Luma,
        Size::Within(WORKING),
        Cure::Smooth(1),
        Eye::Rqrr,
    ),
];

/// One way of looking at a picture, by itself: for measuring.
#[derive(Clone, Copy, Debug)]
pub struct Way(&'static Step);

/// All ways of looking at a picture, in their order.
pub fn looks() -> impl Iterator<Item = Way> {
    STEPS.iter().map(Way)
}

impl Way {
    /// The texts of the codes that this look alone reads; none if it would be left out for this
    /// picture.
    #[must_use]
    pub fn texts(&self, pixels: &Pixels) -> Vec<String> {
        if applies(self.0, pixels) {
            Working::default().look(pixels, *self.0).texts
        } else {
            Vec::new()
        }
    }
}

/// What is changed in the picture, and who looks.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tone, size, cure, eye) = self.0;
        write!(f, "{tone:?} {size:?} {cure:?} {eye:?}")
    }
}

/// See [`super::texts`].
pub(super) fn texts(pixels: &Pixels) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut working = Working::default();
    let mut left = STEPS.len();
    for step in STEPS.iter().filter(|step| applies(step, pixels)) {
        if left == 0 {
            break;
        }
        left -= 1;
        let look = working.look(pixels, *step);
        let is_read = !look.texts.is_empty();
        for text in look.texts {
            if !found.contains(&text) {
                found.push(text);
            }
        }
        if is_read && !look.saw_more {
            break;
        }
        if !found.is_empty() {
            left = left.min(MORE);
        }
    }
    found
}

fn applies((tone, size, _, _): &Step, pixels: &Pixels) -> bool {
    let longer = pixels.width.max(pixels.height);
    tone.applies(pixels)
        && match size {
            // Otherwise an earlier step was the same.
            Size::Full => longer > WORKING,
            Size::Double => longer <= DOUBLED,
            Size::Within(_) | Size::Half => true,
        }
}

/// The tone that was made last, in working size.
#[derive(Default)]
struct Working(Option<(Tone, Gray)>);

impl Working {
    fn look(&mut self, pixels: &Pixels, (tone, size, cure, eye): Step) -> Look {
        let gray = match size {
            Size::Full => &Gray::of(pixels, tone),
            _ => self.tone(pixels, tone),
        };
        let sized = match size {
            Size::Full | Size::Within(WORKING) => gray,
            _ => &gray.sized(size),
        };
        let cured = match cure {
            Cure::None => sized,
            Cure::Smooth(radius) => &sized.smoothed(radius),
            Cure::Unsharp(radius) => &sized.unsharp(radius),
            Cure::Border(width) => &sized.bordered(width),
            Cure::Deblur(deviation, rounds) => &sized.deblurred(deviation, rounds),
        };
        match eye {
            Eye::Rxing(threshold) => {
                let matrix = threshold.of(cured);
                matrix.as_ref().map(detect::all).unwrap_or_default()
            }
            Eye::RxingOld => detect::one(cured),
            Eye::Rqrr => detect::other(cured),
            Eye::Bent(threshold) => {
                let matrix = threshold.of(cured);
                matrix
                    .map(|matrix| bent::one(cured, &matrix))
                    .unwrap_or_default()
            }
        }
    }

    fn tone(&mut self, pixels: &Pixels, tone: Tone) -> &Gray {
        let kept = self.0.take().filter(|(kept, _)| *kept == tone);
        let (_, gray) = self.0.insert(kept.unwrap_or_else(|| {
            let gray = Gray::of(pixels, tone);
            let is_large = gray.longer_side() > WORKING;
            let gray = if is_large {
                gray.sized(Size::Within(WORKING))
            } else {
                gray
            };
            (tone, gray)
        }));
        gray
    }
}
