//! An audit for people.

use std::fmt;

use super::{Audit, Finding, InStream};

/// The most findings that are shown one by one.
const SHOWN: usize = 20;

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.as_deref().unwrap_or("the beginning");
        let to = self.to.as_deref().unwrap_or("now");
        writeln!(f, "Clicks from {from} to {to}")?;
        let counted = &self.counted;
        writeln!(
            f,
            "  counted        {} answers, {} of them clicks (since the beginning: {} segments of {} journals)",
            counted.answers, counted.clicks, counted.segments, counted.journals
        )?;
        match &self.in_flight.in_stream {
            Some(stream) => writeln!(f, "  in flight      {stream}")?,
            None => writeln!(
                f,
                "  in flight      not known here (`suo_edge_clicks_waiting` of each edge tells)"
            )?,
        }
        if self.in_flight.awaited > 0 {
            let awaited = self.in_flight.awaited;
            writeln!(
                f,
                "                 {awaited} segments are still to come: later ones of their journals are counted"
            )?;
        }
        writeln!(f, "  dropped        {} answers", self.dropped)?;
        writeln!(
            f,
            "  parked         {} segments (at any time: {})",
            self.parked.in_period, self.parked.ever
        )?;
        if self.lost > 0 {
            let lost = self.lost;
            writeln!(
                f,
                "  lost           {lost} segments at any time: the database was set back, and edges had let go of them"
            )?;
        }
        writeln!(f, "  applied twice  {} segments", self.applied_twice)?;
        if self.adds_up {
            return write!(f, "Everything adds up.");
        }
        write!(f, "It does NOT add up:")?;
        for finding in self.findings.iter().take(SHOWN) {
            write!(f, "\n  - {finding}")?;
        }
        match self.findings.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more (--json names all)"),
        }
    }
}

impl fmt::Display for InStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} segments with {} answers in Redis, {} segments taken by an admin",
            self.segments, self.answers, self.taken
        )?;
        if self.repeated > 0 {
            write!(f, "; {} came again and are counted", self.repeated)?;
        }
        if self.unreadable > 0 {
            write!(f, "; {} cannot be read", self.unreadable)?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppliedTwice { journal, segments } => write!(
                f,
                "journal {journal}: {segments} segments more were counted than it has names (counted twice, or a name is gone)"
            ),
            Self::NotCounted { journal, segments } => write!(
                f,
                "journal {journal}: {segments} segments have names and were not counted"
            ),
            Self::Ledger {
                journal,
                answers,
                entered,
            } => write!(
                f,
                "journal {journal}: its segments had {answers} answers, the ledger has {entered}"
            ),
            Self::Sum {
                hour,
                scope,
                dimension,
                expected,
                found,
            } => write!(
                f,
                "hour {hour}, all {scope}s by {dimension}: the roll-ups say {found}, {expected} were counted"
            ),
            Self::Totals {
                class,
                expected,
                found,
            } => write!(
                f,
                "class {class}: the totals of all links say {found}, the roll-ups {expected}"
            ),
            Self::Days {
                scope,
                dimension,
                expected,
                found,
            } => write!(
                f,
                "all {scope}s by {dimension}: the sums by day say {found}, those by hour {expected}"
            ),
            Self::Span {
                span,
                scope,
                dimension,
                expected,
                found,
            } => write!(
                f,
                "32 days from {span}, all {scope}s by {dimension}: the sums by span say {found}, those by day {expected}"
            ),
            Self::ConfirmedOnly {
                journal,
                confirmed,
                applied,
            } => write!(
                f,
                "journal {journal}: edges were told that everything up to segment {confirmed} is counted, and it is up to {applied} (was the database set back?)"
            ),
        }
    }
}
