//! Hashes of visitors on their way into sketches.
//!
//! Counting a segment writes them as one value, because there is no time to read and write a sketch for
//! every link of it. A moment later [`super::upkeep`] puts those of many segments into each
//! sketch at once.

use suo_link::time::Timestamp;

use super::tally::Scope;

/// The first byte of visits as they are kept.
const VERSION: u8 = 1;

/// Who came to some places on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visits {
    /// When the day begins.
    pub day: Timestamp,
    /// The link with its tags, its domain, the workspace.
    pub places: Vec<(Scope, i64)>,
    /// Hashes of visitors.
    pub visitors: Vec<u64>,
}

/// Visits as bytes.
#[must_use]
pub fn encode(visits: &[Visits]) -> Vec<u8> {
    let mut out = vec![VERSION];
    for visit in visits {
        out.extend_from_slice(&visit.day.0.to_le_bytes());
        out.extend_from_slice(&(visit.places.len() as u32).to_le_bytes());
        out.extend_from_slice(&(visit.visitors.len() as u32).to_le_bytes());
        for (scope, id) in &visit.places {
            out.push(*scope as u8);
            out.extend_from_slice(&id.to_le_bytes());
        }
        for visitor in &visit.visitors {
            out.extend_from_slice(&visitor.to_le_bytes());
        }
    }
    out
}

/// Reads visits; `None` if the bytes are something else.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Vec<Visits>> {
    let (version, mut rest) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let mut all = Vec::new();
    while !rest.is_empty() {
        let day = Timestamp(i64::from_le_bytes(take(&mut rest)?));
        let places = u32::from_le_bytes(take(&mut rest)?);
        let visitors = u32::from_le_bytes(take(&mut rest)?);
        let mut place = || {
            let [scope] = take(&mut rest)?;
            let scope = Scope::ALL.get(usize::from(scope))?;
            Some((*scope, i64::from_le_bytes(take(&mut rest)?)))
        };
        let places = (0..places).map(|_| place()).collect::<Option<_>>()?;
        let mut visitor = || take(&mut rest).map(u64::from_le_bytes);
        let visitors = (0..visitors).map(|_| visitor()).collect::<Option<_>>()?;
        all.push(Visits {
            day,
            places,
            visitors,
        });
    }
    Some(all)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::{Scope, Timestamp, Visits, decode, encode};

    #[test]
    fn visits_are_read_back_and_nothing_else_is() {
        let visits = vec![
            Visits {
                day: Timestamp(-5),
                places: vec![(Scope::Link, 7), (Scope::Tag, -9), (Scope::Workspace, 1)],
                visitors: vec![1, u64::MAX],
            },
            Visits {
                day: Timestamp(86_400_000),
                places: vec![(Scope::Domain, 2)],
                visitors: Vec::new(),
            },
        ];
        let bytes = encode(&visits);
        assert_eq!(decode(&bytes).as_ref(), Some(&visits));
        assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&[2]), None);
        assert_eq!(
            decode(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0]),
            None
        );
    }
}
