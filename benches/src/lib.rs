//! What is measured on: 200 000 made-up links of skewed popularity, and an edge that knows them
//! without Redis.

use std::{collections::HashMap, sync::Arc};

use suo_edge::{
    clicks::ClickSink,
    counters::Counters,
    links::{Links, LinksSettings},
    origin::{Answer, Origin, Unavailable},
};
use suo_link::{
    domain::{Domain, DomainName, Scheme},
    id::{DomainId, LinkId},
    instance::{Instance, InstanceSecret},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    rev::{Generation, Position, Rev},
    wire::{
        clicks::{JournalId, SegmentName},
        names::LinkKey,
        record::{Content, Record},
        sighting::Sighting,
    },
};
use tokio::runtime::Handle;

/// How many links there are.
pub const LINKS: u64 = 200_000;

/// The one domain.
pub const DOMAIN: DomainId = DomainId(1);

/// Its name.
pub const HOST: &str = "s.example.com";

const GENERATION: Generation = Generation(1);

/// The code of a link: seven characters, as generated codes have.
#[must_use]
pub fn code(number: u64) -> String {
    format!("c{number:06}")
}

/// The link of that number.
#[must_use]
pub fn link(number: u64) -> Link {
    Link {
        id: LinkId(number),
        status: Status::Active,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: format!("https://www.example.com/campaign/landing?id={number}&from=short").into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    }
}

/// Its encoded record.
#[must_use]
pub fn record(number: u64) -> Vec<u8> {
    encoded(Content::Redirect(link(number)))
}

/// Numbers of links, the low ones far more often: half of all draws fall on a sixteenth.
#[derive(Debug)]
pub struct Popularity(u64);

impl Popularity {
    /// The same seed draws the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An evenly distributed number (SplitMix64).
    pub fn even(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The number of a link.
    pub fn draw(&mut self) -> u64 {
        let even = self.even() as f64 / u64::MAX as f64;
        ((even.powi(4) * LINKS as f64) as u64).min(LINKS - 1)
    }
}

/// Knowledge that has every link at hand; lookups run on `background`.
///
/// # Errors
/// None in practice: the origin in memory always answers.
pub async fn links(background: Handle) -> Result<(Arc<Links>, Arc<Counters>), Unavailable> {
    let counters = Arc::new(Counters::default());
    let settings = LinksSettings {
        cache_bytes: 1 << 30,
        max_stale: None,
    };
    let links = Links::new(
        Arc::new(Memory),
        settings,
        Arc::clone(&counters),
        background,
    );
    links.follow_directly(position());
    links.load_domains().await?;
    Ok((links, counters))
}

/// Makes up every answer.
struct Memory;

impl Origin for Memory {
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        let digits = key.code.as_str().strip_prefix('c');
        let number = digits.and_then(|digits| digits.parse().ok());
        let known = number.filter(|number| *number < LINKS);
        answer(known.map(record))
    }

    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.look_up(key)
    }

    fn domains(&self) -> Answer<'_> {
        let name = DomainName::parse(HOST, Scheme::Https);
        let domain = name.map(|name| Domain {
            id: DOMAIN,
            name,
            scheme: Scheme::Https,
            is_default: true,
            case_sensitive: false,
            root_target: None,
            not_found_target: None,
            files: Vec::new(),
        });
        answer(Some(encoded(Content::Domains(Instance {
            domains: domain.into_iter().collect(),
            secret: InstanceSecret::new([1; 32]),
        }))))
    }

    fn resolve_domains(&self) -> Answer<'_> {
        self.domains()
    }
}

fn answer<'a>(record: Option<Vec<u8>>) -> Answer<'a> {
    let marker = Some(position());
    Box::pin(std::future::ready(Ok(Sighting { marker, record })))
}

fn encoded(content: Content) -> Vec<u8> {
    let rev = Rev {
        generation: GENERATION,
        number: 1,
    };
    Record { rev, content }.encode()
}

fn position() -> Position {
    Position {
        generation: GENERATION,
        seq: 1,
    }
}

/// Takes all segments and has them applied at once.
#[derive(Debug, Default)]
pub struct Taken(HashMap<JournalId, u64>);

impl ClickSink for Taken {
    fn room(&mut self) -> Result<usize, Unavailable> {
        Ok(usize::MAX)
    }

    fn ship(&mut self, name: SegmentName, _: &[u8]) -> Result<(), Unavailable> {
        self.0.insert(name.journal, name.number);
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        let number = |journal| self.0.get(journal).copied().unwrap_or(0);
        Ok(journals.iter().map(number).collect())
    }

    fn forget(&mut self, _: &[JournalId]) {}
}
