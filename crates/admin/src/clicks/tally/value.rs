//! Values whose numbers mean the same in all segments.

use suo_link::{
    platform::{App, Device, Os},
    wire::clicks::{LanguageCode, Outcome, Via},
};

use super::Dimension;

pub(super) fn of(dimension: Dimension, number: u32) -> Option<String> {
    let place = number as usize;
    Some(match dimension {
        Dimension::Total => String::new(),
        Dimension::App => App::ALL.get(place)?.name().to_owned(),
        Dimension::Os => Os::ALL.get(place)?.name().to_owned(),
        Dimension::Device => Device::ALL.get(place)?.name().to_owned(),
        Dimension::Via => Via::ALL.get(place)?.as_str().to_owned(),
        Dimension::Outcome => Outcome::ALL.get(place)?.as_str().to_owned(),
        Dimension::Country => {
            let letters = (number as u16).to_be_bytes();
            String::from_utf8_lossy(&letters).into_owned()
        }
        Dimension::Language => LanguageCode(number as u16).letters(),
        Dimension::Variant => format!("{}.{}", (number >> 8) + 1, (number & 0xff) + 1),
        Dimension::Referrer | Dimension::Entry => return None,
    })
}
