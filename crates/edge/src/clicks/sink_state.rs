//! What is known of the sink: whether it answers, and what it takes.

use std::time::{Duration, Instant};

use super::Unavailable;

/// How long a sink that failed is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a sink without room is left alone: whoever makes room needs longer than asking does.
pub(super) const FULL: Duration = Duration::from_millis(200);

/// After this time without room somebody should know.
const FULL_FOR_LONG: Duration = Duration::from_secs(30);

/// What the sink has said last.
#[derive(Debug, Default)]
pub(super) struct SinkState {
    /// How many segments it takes; 0 as well if that is not known.
    pub(super) takes: usize,
    failed: Option<Instant>,
    /// Since when it has had no room, and when it said so last.
    full: Option<(Instant, Instant)>,
}

impl SinkState {
    /// Takes note of an answer: how much room there is, if that was asked, and whether all went well. An error
    /// is what an operator should know.
    pub(super) fn hear(
        &mut self,
        room: Option<usize>,
        outcome: Result<(), Unavailable>,
        now: Instant,
    ) -> Result<(), String> {
        match room {
            Some(0) => {
                let since = self.full.map_or(now, |(since, _)| since);
                (self.takes, self.full) = (0, Some((since, now)));
            }
            Some(room) => (self.takes, self.full) = (room, None),
            None if outcome.is_err() => self.takes = 0,
            None => {}
        }
        self.failed = outcome.is_err().then_some(now);
        outcome.map_err(|error| error.to_string())?;
        match self.full {
            Some((since, _)) if now.duration_since(since) >= FULL_FOR_LONG => {
                Err("nobody has made room for them, by counting, for 30 s".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing at all is asked of it for now.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        self.failed.is_some_and(|at| now < at + PAUSE)
    }

    /// Whether there is no use in asking for room now.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.full.is_some_and(|(_, at)| now < at + FULL)
    }

    /// At an end it is asked again at once.
    pub(super) fn is_asked_again(&mut self) {
        (self.failed, self.full) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{FULL, SinkState};
    use crate::origin::Unavailable;

    #[test]
    fn a_sink_without_room_is_left_alone_and_told_of_after_a_while() {
        let (mut sink, start) = (SinkState::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for seconds in [0, 10, 29] {
            assert_eq!(sink.hear(Some(0), Ok(()), at(seconds)), Ok(()));
            assert!(sink.is_full(at(seconds)) && !sink.is_full(at(seconds) + FULL));
        }
        // Asked about something else meanwhile.
        assert!(sink.hear(None, Ok(()), at(30)).is_err());
        assert!(sink.hear(Some(0), Ok(()), at(31)).is_err());
        assert_eq!(sink.hear(Some(1), Ok(()), at(32)), Ok(()));
        assert_eq!((sink.takes, sink.is_full(at(32))), (1, false));
        // From then on it counts anew.
        assert_eq!(sink.hear(Some(0), Ok(()), at(33)), Ok(()));
        assert_eq!(sink.hear(Some(0), Ok(()), at(40)), Ok(()));
    }

    #[test]
    fn a_sink_that_fails_rests_and_is_asked_for_room_again() {
        let (mut sink, now) = (SinkState::default(), Instant::now());
        assert_eq!(sink.hear(Some(9), Ok(()), now), Ok(()));
        let away = || Err(Unavailable("away".to_owned()));
        assert_eq!(sink.hear(None, away(), now), Err("away".to_owned()));
        assert_eq!((sink.takes, sink.is_resting(now)), (0, true));
        assert!(!sink.is_resting(now + Duration::from_secs(1)));
        sink.is_asked_again();
        assert!(!sink.is_resting(now));
    }
}
