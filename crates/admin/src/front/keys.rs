//! What is signed with the instance's secret: form tokens and manage addresses.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use suo_link::{id::LinkId, instance::InstanceSecret};

/// Bytes of a tag that are sent: 128 bits.
const TAG_BYTES: usize = 16;

/// The token of a form, for the browser with this cookie.
pub(super) fn form_token(secret: &InstanceSecret, cookie: &str) -> String {
    hex(&mac(secret.forms_key(), cookie.as_bytes()))
}

/// Whether the token is that of this browser; compared in constant time.
pub(super) fn is_form_token(secret: &InstanceSecret, cookie: &str, token: &str) -> bool {
    proves(secret.forms_key(), cookie.as_bytes(), token)
}

/// The last part of the manage address with this number: `<link>.<number>.<tag>`.
pub(super) fn manage_address(secret: &InstanceSecret, link: LinkId, serial: u32) -> String {
    let tag = hex(&mac(secret.managing_key(), &managed(link, serial)));
    format!("{}.{serial}.{tag}", link.to_public())
}

/// The link and the number of an address that we have signed.
pub(super) fn read_manage_address(secret: &InstanceSecret, address: &str) -> Option<(LinkId, u32)> {
    let (link, rest) = address.split_once('.')?;
    let (serial, tag) = rest.split_once('.')?;
    let (link, serial) = (LinkId::from_public(link)?, serial.parse().ok()?);
    proves(secret.managing_key(), &managed(link, serial), tag).then_some((link, serial))
}

/// Both have a fixed length, so no two of them are the same bytes.
fn managed(link: LinkId, serial: u32) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&link.0.to_be_bytes());
    bytes[8..].copy_from_slice(&serial.to_be_bytes());
    bytes
}

fn mac(key: [u8; 32], message: &[u8]) -> Vec<u8> {
    let tag = signed(key, message).finalize().into_bytes();
    tag.iter().copied().take(TAG_BYTES).collect()
}

fn proves(key: [u8; 32], message: &[u8], tag: &str) -> bool {
    let is_whole = |tag: &Vec<u8>| tag.len() == TAG_BYTES;
    let tag = unhex(tag).filter(is_whole);
    tag.is_some_and(|tag| signed(key, message).verify_truncated_left(&tag).is_ok())
}

fn signed(key: [u8; 32], message: &[u8]) -> Hmac<Sha256> {
    // A key that is shorter than a block of the hash is filled up with zeros (RFC 2104).
    let mut block = [0; 64];
    block[..32].copy_from_slice(&key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(message);
    mac
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|place| u8::from_str_radix(text.get(place..place + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use suo_link::{id::LinkId, instance::InstanceSecret};

    use super::{form_token, is_form_token, manage_address, read_manage_address};

    const SECRET: InstanceSecret = InstanceSecret::new([7; 32]);
    const OTHER: InstanceSecret = InstanceSecret::new([8; 32]);

    #[test]
    fn an_address_is_read_back_by_who_signed_it_alone() {
        let address = manage_address(&SECRET, LinkId(42), 3);
        assert_eq!(
            read_manage_address(&SECRET, &address),
            Some((LinkId(42), 3))
        );
        assert_eq!(read_manage_address(&OTHER, &address), None);
    }

    #[test]
    fn an_address_that_was_touched_is_worth_nothing() {
        let address = manage_address(&SECRET, LinkId(42), 3);
        let other_number = address.replacen(".3.", ".4.", 1);
        let other_link = manage_address(&SECRET, LinkId(43), 3);
        let tag = &other_link[other_link.len() - 32..];
        let spliced = format!("{}{tag}", &address[..address.len() - 32]);
        let cut = &address[..address.len() - 2];
        for touched in [
            &*other_number,
            &*spliced,
            cut,
            "",
            "..",
            "x.1.é",
            &address[1..],
        ] {
            assert_eq!(read_manage_address(&SECRET, touched), None, "{touched}");
        }
    }

    #[test]
    fn a_token_is_that_of_one_browser() {
        let token = form_token(&SECRET, "cookie");
        assert!(is_form_token(&SECRET, "cookie", &token));
        assert!(!is_form_token(&SECRET, "another", &token));
        assert!(!is_form_token(&SECRET, "cookie", ""));
        assert!(!is_form_token(&OTHER, "cookie", &token));
    }
}
