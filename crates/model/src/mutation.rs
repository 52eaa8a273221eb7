//! The protocol with one rule left out: the checker must find what the rule is for.

/// A rule that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Mutation {
    /// `put` sets records whatever their rev.
    ApplyIgnoresRev,
    /// APPLY raises a marker that is behind what was acknowledged.
    ApplyIgnoresAcknowledged,
    /// Notices go out before the records.
    PublishBeforeApply,
    /// Numbers are given in the transaction that publishes.
    NumberWhilePublishing,
    /// Rows with an id below the last one that was numbered are taken for numbered.
    NumberIdsAboveLastSeen,
    /// After an error the relay goes on without looking first.
    PublishWithoutLooking,
    /// PUBLISH takes the next change whatever the stream has lost before it. As edges are told of
    /// markers that were behind, no promise was found to need it.
    PublishBehind,
    /// Damaged markers stay until the rebuild replaces them.
    KeepDamagedMarkers,
    /// Damaged markers go, and nobody tells the edges.
    LeaveOutDoubt,
    /// A bucket forgets that edges are to be told before the message is in the outbox.
    ForgetBeforeTelling,
    /// The stream does not get back what it lost.
    LeaveStreamShort,
    /// FILL and SEAL do not ask for the token.
    SealWithoutToken,
    /// What SQL does not know goes after the buckets are sealed.
    SweepAfterSeal,
    /// The sweep removes whatever stands there now.
    SweepUnseen,
    /// An admin reads the rows before the marker.
    AnswerReadsRowsFirst,
    /// The edge's cache takes any record.
    CacheIgnoresRev,
    /// The edge believes whatever marker, and none.
    BelieveAnyMarker,
    /// The edge does not compare a marker with what it has seen in the bucket.
    BelieveMarkersBehind,
    /// A deaf edge goes on believing Redis.
    BelieveRedisWhileDeaf,
    /// A sighting is weighed when it arrives, and not again when it is written.
    WriteWithoutWeighing,
    /// What was looked up is good as of its arrival.
    FreshAsOfArrival,
    /// The caches are touched before the bar is raised.
    TouchBeforeRaising,
    /// The last id is never read.
    NoHeartbeat,
    /// A notice is applied whatever came before it.
    IgnoreGaps,
    /// A new edge takes the stream's end for its own, with what it remembers.
    StartWithoutDoubt,
    /// What was looked up between two sessions is as good as ever in the second.
    TrustWhatWasAskedWhileDeaf,
}

impl Mutation {
    /// Every rule.
    pub const ALL: [Self; 26] = [
        Self::ApplyIgnoresRev,
        Self::ApplyIgnoresAcknowledged,
        Self::PublishBeforeApply,
        Self::NumberWhilePublishing,
        Self::NumberIdsAboveLastSeen,
        Self::PublishWithoutLooking,
        Self::PublishBehind,
        Self::KeepDamagedMarkers,
        Self::LeaveOutDoubt,
        Self::ForgetBeforeTelling,
        Self::LeaveStreamShort,
        Self::SealWithoutToken,
        Self::SweepAfterSeal,
        Self::SweepUnseen,
        Self::AnswerReadsRowsFirst,
        Self::CacheIgnoresRev,
        Self::BelieveAnyMarker,
        Self::BelieveMarkersBehind,
        Self::BelieveRedisWhileDeaf,
        Self::WriteWithoutWeighing,
        Self::FreshAsOfArrival,
        Self::TouchBeforeRaising,
        Self::NoHeartbeat,
        Self::IgnoreGaps,
        Self::StartWithoutDoubt,
        Self::TrustWhatWasAskedWhileDeaf,
    ];

    /// A rule by its name here.
    pub fn by_name(name: &str) -> Option<Self> {
        let is_it = |mutation: &&Self| format!("{mutation:?}") == name;
        Self::ALL.iter().find(is_it).copied()
    }
}

/// Which rules are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mutations(u32);

impl Mutations {
    /// The protocol as it is.
    pub const NONE: Self = Self(0);

    /// Without this rule.
    pub fn only(mutation: Mutation) -> Self {
        Self(1 << mutation as u32)
    }

    /// Without this rule either.
    #[must_use]
    pub fn and(self, mutation: Mutation) -> Self {
        Self(self.0 | 1 << mutation as u32)
    }

    /// Whether this rule is left out.
    pub fn has(self, mutation: Mutation) -> bool {
        self.0 & (1 << mutation as u32) != 0
    }
}
