//! Roll-ups held against the ledger, hour by hour.
//!
//! Every answer is in the dimension `outcome` once; every click is once in those that each click has a
//! value in, entries of links alone. Not every click has a referrer, a country or a language; but whatever
//! has one has it in all scopes. Tags stand apart: links have any number of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::{
    clicks::tally::{Dimension, Scope},
    store::{Books, Depth, LedgerHour, SumKey},
    time,
};

pub(super) const SCOPES: [(Scope, &str); 4] = [
    (Scope::Link, "link"),
    (Scope::Tag, "tag"),
    (Scope::Domain, "domain"),
    (Scope::Workspace, "workspace"),
];

/// What each click has a value in.
const EACH: [(Dimension, &str); 6] = [
    (Dimension::Total, "total"),
    (Dimension::App, "app"),
    (Dimension::Os, "os"),
    (Dimension::Device, "device"),
    (Dimension::Via, "via"),
    (Dimension::Entry, "entry"),
];

/// What some clicks have a value in.
const SOME: [(Dimension, &str); 3] = [
    (Dimension::Referrer, "referrer"),
    (Dimension::Country, "country"),
    (Dimension::Language, "language"),
];

const OUTCOME: (Dimension, &str) = (Dimension::Outcome, "outcome");

/// Sums that are not what they should be.
pub(super) fn differences(books: &Books, depth: Depth) -> Vec<Finding> {
    let mut findings = Vec::new();
    let of_sums = books.sums.keys().map(|key| key.hour);
    let hours: BTreeSet<_> = books.ledger.keys().copied().chain(of_sums).collect();
    for hour in hours {
        let ledger = books.ledger.get(&hour).copied().unwrap_or_default();
        let sums = Hour {
            sums: &books.sums,
            key: SumKey {
                hour,
                scope: 0,
                dimension: 0,
            },
        };
        let mut expect = |scope, dimension: (Dimension, &'static str), expected| {
            findings.extend(sums.differs(scope, dimension, expected));
        };
        match depth {
            Depth::Workspace => {
                expect(SCOPES[3], EACH[0], ledger.clicks);
                expect(SCOPES[3], OUTCOME, ledger.answers);
            }
            Depth::All => of_hour(&sums, ledger, &mut expect),
        }
    }
    findings
}

/// Takes a scope, a dimension, and what it should sum up to.
type Expect<'a> = dyn FnMut((Scope, &'static str), (Dimension, &'static str), u64) + 'a;

fn of_hour(sums: &Hour<'_>, ledger: LedgerHour, expect: &mut Expect<'_>) {
    for scope in SCOPES {
        let is_tag = scope.0 == Scope::Tag;
        let clicks = if is_tag {
            sums.of(Scope::Tag, Dimension::Total)
        } else {
            ledger.clicks
        };
        let each = EACH.iter().filter(|each| each.0.is_of(scope.0));
        each.for_each(|each| expect(scope, *each, clicks));
        if is_tag {
            continue;
        }
        let answers = match scope.0 {
            Scope::Link => ledger.of_links,
            _ => ledger.answers,
        };
        expect(scope, OUTCOME, answers);
        for some in SOME {
            expect(scope, some, sums.of(Scope::Workspace, some.0));
        }
    }
}

/// The sums of one hour.
struct Hour<'a> {
    sums: &'a BTreeMap<SumKey, u64>,
    key: SumKey,
}

impl Hour<'_> {
    fn of(&self, scope: Scope, dimension: Dimension) -> u64 {
        let key = SumKey {
            scope: scope as i16,
            dimension: dimension as i16,
            ..self.key
        };
        self.sums.get(&key).copied().unwrap_or(0)
    }

    fn differs(
        &self,
        (scope, scope_name): (Scope, &'static str),
        (dimension, dimension_name): (Dimension, &'static str),
        expected: u64,
    ) -> Option<Finding> {
        let found = self.of(scope, dimension);
        (found != expected).then(|| Finding::Sum {
            hour: time::to_text(self.key.hour),
            scope: scope_name,
            dimension: dimension_name,
            expected,
            found,
        })
    }
}
