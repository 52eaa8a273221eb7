//! The facts of one request that a policy may look at.

/// Who is asking, as far as the request tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visitor<'a> {
    /// The raw query string, without the question mark.
    pub query: Option<&'a str>,
}
