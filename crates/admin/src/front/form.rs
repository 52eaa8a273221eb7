//! Forms as browsers send them: `application/x-www-form-urlencoded`.

use std::collections::HashSet;

use actix_web::web::{self, Bytes};
use sha2::{Digest, Sha256};

/// The largest form, in bytes: a hundred long URLs and some.
pub(super) const LIMIT: usize = 1024 * 1024;

/// How many different values of one field are taken, more than there are boxes.
const MOST_VALUES: usize = 128;

/// The fields of a form, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a request; `None` if it is too large or broken off.
    pub(super) async fn receive(payload: web::Payload) -> Option<Self> {
        let bytes: Bytes = payload.to_bytes_limited(LIMIT).await.ok()?.ok()?;
        Some(Self::read(&bytes))
    }

    /// Reads any bytes; what is no UTF-8 is replaced.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes);
        Self(pairs.into_owned().collect())
    }

    /// The last value of a field; empty if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        let mut fields = self.0.iter().rev();
        let found = fields.find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value)
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// A hash that no two forms share: of each field its name and value, each with its length.
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for text in self.0.iter().flat_map(|(name, value)| [name, value]) {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }

    /// The first values of a field, [`MOST_VALUES`] at most, none twice.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let mut seen = HashSet::new();
        let of_field = self.0.iter().filter(|(field, _)| field == name);
        let values = of_field.map(|(_, value)| value);
        let new = values.filter(|value| !value.is_empty() && seen.insert(value.as_str()));
        new.take(MOST_VALUES).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, MOST_VALUES};

    #[test]
    fn no_two_forms_have_the_same_hash() {
        let hash = |form: &[u8]| Form::read(form).hash();
        assert_eq!(hash(b"a=1&b=2"), hash(b"a=%31&b=2"));
        for other in ["a=1&b=3", "a=1b&=2", "b=2&a=1", "a=1", "a=1&b=2&c"] {
            assert_ne!(hash(b"a=1&b=2"), hash(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let form = Form::read(b"a=1+2&b=%E5%BE%AE&c=x&c=y&c=x&d");
        assert_eq!(form.text("a"), "1 2");
        assert_eq!(form.text("b"), "微");
        assert_eq!(form.all("c"), ["x", "y"]);
        assert_eq!(form.text("c"), "x");
        assert_eq!(form.text("d"), "");
        assert_eq!(form.text("e"), "");
        assert!(form.has("d") && !form.has("e"));
        assert_eq!(Form::read(b"a=%ff%zz").text("a"), "\u{fffd}%zz");
        let many: String = (0..60_000).map(|n| format!("c={n}&")).collect();
        assert_eq!(Form::read(many.as_bytes()).all("c").len(), MOST_VALUES);
    }
}
