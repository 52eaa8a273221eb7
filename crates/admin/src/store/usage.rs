//! How much of a link's `max_clicks` is gone.

/// What became of a link's clicks, if it has only so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Clicks that were made for certain.
    pub consumed: u64,
    /// Clicks in blocks that edges hold: made, or still to be made, or to be given back.
    pub leased: u64,
}

impl Usage {
    /// How many of so many clicks are not made for certain.
    #[must_use]
    pub fn left(&self, most: u64) -> u64 {
        most.saturating_sub(self.consumed)
    }
}
