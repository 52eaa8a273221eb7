//! An edge in this process, on free ports, whose origin is a table in memory.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use suo_edge::{
    clicks::{self, ClickSink, Clicks},
    counters::Counters,
    links::{Links, LinksSettings},
    origin::{Answer, Origin, Unavailable},
    serve::{self, Config, Ending, Limits, RunningEdge, StartError},
    shutdown::{self, Stop},
};
use suo_link::{
    code::CodeKey,
    domain::{Domain, DomainName, Scheme, files::RootFile},
    id::{DomainId, LinkId},
    instance::{Instance, InstanceSecret},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    rev::{Generation, Position, Rev},
    wire::{
        clicks::{JournalId, SegmentName},
        leases,
        names::LinkKey,
        record::{Content, Record},
        sighting::Sighting,
    },
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch};

use super::client::{self, Response};

/// The default domain of every stage.
pub(super) const HOST: &str = "s.example.com";
/// A domain that tells cases apart and has targets of its own.
pub(super) const OTHER_HOST: &str = "other.example:8443";
/// A code whose lookup takes until [`Stage::release`].
pub(super) const SLOW: &str = "slow";

const GENERATION: Generation = Generation(1);

/// A running edge.
pub(super) struct Stage {
    edge: Option<RunningEdge>,
    stop: Stop,
    pub(super) links: Arc<Links>,
    shelf: Arc<Shelf>,
    background: Runtime,
    recording: Option<(Clicks, TempDir)>,
}

/// What a stage is made of.
pub(super) struct Setting {
    pub(super) answers: suo_edge::AnswerConfig,
    pub(super) limits: Limits,
    pub(super) workers: usize,
    pub(super) links: Vec<(&'static str, Link)>,
    /// Files of [`HOST`].
    pub(super) files: Vec<RootFile>,
    pub(super) is_ready: bool,
    pub(super) listen: SocketAddr,
    /// Who is asked for blocks of clicks. With somebody to ask the edge records, too.
    pub(super) lessor: Option<Arc<dyn Origin>>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            answers: suo_edge::AnswerConfig::default(),
            limits: Limits::default(),
            workers: 1,
            links: Vec::new(),
            files: Vec::new(),
            is_ready: true,
            listen: any_port(),
            lessor: None,
        }
    }
}

impl Stage {
    /// An edge that knows these links on [`HOST`] and has no special settings.
    pub(super) fn with(links: Vec<(&'static str, Link)>) -> Self {
        Self::set(Setting {
            links,
            ..Setting::default()
        })
    }

    pub(super) fn set(setting: Setting) -> Self {
        Self::try_set(setting).expect("an edge on free ports")
    }

    pub(super) fn try_set(setting: Setting) -> Result<Self, StartError> {
        let background = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let recording = setting.lessor.as_ref().map(|_| recording(setting.workers));
        let shelf = Shelf::new(&setting.links, setting.files, setting.lessor);
        let shelf = Arc::new(shelf);
        let counters = Arc::new(Counters::default());
        let memory = LinksSettings {
            cache_bytes: 1 << 20,
            max_stale: None,
        };
        let handle = background.handle().clone();
        let links = Links::new(
            Arc::clone(&shelf) as _,
            memory,
            Arc::clone(&counters),
            handle,
        );
        let (stop, shutdown) = shutdown::channel();
        let config = Config {
            listen: setting.listen,
            ops_listen: any_port(),
            workers: NonZeroUsize::new(setting.workers).unwrap(),
            answers: setting.answers,
            limits: setting.limits,
        };
        let clicks = recording.as_ref().map(|(clicks, _)| clicks);
        let edge = serve::start(&config, &links, &counters, clicks, shutdown)?;
        let stage = Self {
            edge: Some(edge),
            stop,
            links,
            shelf,
            background,
            recording,
        };
        if setting.is_ready {
            stage.make_ready();
        }
        Ok(stage)
    }

    /// Lets the edge learn its domains and hear of changes.
    pub(super) fn make_ready(&self) {
        self.links.follow_directly(position());
        self.load_domains();
    }

    pub(super) fn load_domains(&self) {
        let domains = self.links.load_domains();
        self.background.block_on(domains).unwrap();
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.edge.as_ref().unwrap().address()
    }

    pub(super) fn ops_address(&self) -> SocketAddr {
        self.edge.as_ref().unwrap().ops_address()
    }

    pub(super) fn get(&self, target: &str) -> Response {
        client::get(self.address(), HOST, target)
    }

    /// Changes were missed, and nobody has confirmed anything since.
    pub(super) fn miss(&self) {
        self.links.miss(position());
    }

    /// Nobody answers lookups from now on.
    pub(super) fn silence_origin(&self) {
        self.shelf.is_silent.store(true, SeqCst);
    }

    /// Lookups of [`SLOW`] end from now on.
    pub(super) fn release(&self) {
        self.shelf.released.send_replace(true);
    }

    /// Completes when somebody has looked up [`SLOW`].
    pub(super) fn wait_for_slow_lookup(&self) {
        let mut asked = self.shelf.asked.subscribe();
        self.background
            .block_on(asked.wait_for(|asked| *asked))
            .unwrap();
    }

    /// Asks the edge to end, without waiting.
    pub(super) fn stop(&self) {
        self.stop.stop();
    }

    pub(super) fn join(mut self) -> Ending {
        self.edge.take().unwrap().join()
    }

    /// The value of a metric; `labels` as they are written, or empty.
    pub(super) fn metric(&self, name: &str, labels: &str) -> f64 {
        let text = client::get(self.ops_address(), "ops", "/metrics").body;
        let wanted = format!("{name}{labels} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&wanted));
        line.unwrap_or_else(|| panic!("no {wanted}in {text}"))
            .parse()
            .unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.stop();
        self.release();
        if let Some(edge) = self.edge.take() {
            let _ = edge.join();
        }
        if let Some((clicks, _folder)) = self.recording.take() {
            let _ = clicks.finish(Duration::ZERO);
        }
    }
}

/// A journal whose clicks are taken and never counted.
fn recording(workers: usize) -> (Clicks, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = clicks::Config {
        folder: folder.path().join("clicks"),
        megabytes: 4,
        workers: NonZeroUsize::new(workers).unwrap(),
    };
    (Clicks::start(&config, Nowhere).unwrap(), folder)
}

struct Nowhere;

impl ClickSink for Nowhere {
    fn room(&mut self) -> Result<usize, Unavailable> {
        Ok(usize::MAX)
    }

    fn ship(&mut self, _: SegmentName, _: &[u8]) -> Result<(), Unavailable> {
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        Ok(vec![0; journals.len()])
    }

    fn forget(&mut self, _: &[JournalId]) {}
}

/// A link that redirects to `target`; tests change what they are about.
pub(super) fn link(target: &str) -> Link {
    Link {
        id: LinkId(1),
        status: Status::Active,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: target.into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    }
}

pub(super) fn any_port() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// The origin: complete, and whole as of one position.
struct Shelf {
    files: Vec<RootFile>,
    links: Mutex<HashMap<LinkKey, Vec<u8>>>,
    is_silent: AtomicBool,
    asked: watch::Sender<bool>,
    released: watch::Sender<bool>,
    lessor: Option<Arc<dyn Origin>>,
}

impl Shelf {
    fn new(links: &[(&str, Link)], files: Vec<RootFile>, lessor: Option<Arc<dyn Origin>>) -> Self {
        let slow = (SLOW, link("https://slow.example/"));
        let all = links.iter().chain(std::iter::once(&slow));
        let record = |(code, link): &(&str, Link)| {
            let key = LinkKey {
                domain: DomainId(1),
                code: CodeKey::from_segment(code, false).unwrap(),
            };
            (key, encoded(Content::Redirect(link.clone())))
        };
        Self {
            files,
            links: Mutex::new(all.map(record).collect()),
            is_silent: AtomicBool::new(false),
            asked: watch::Sender::new(false),
            released: watch::Sender::new(false),
            lessor,
        }
    }

    async fn see(&self, key: &LinkKey) -> Result<Sighting, Unavailable> {
        if key.code.as_str() == SLOW {
            self.asked.send_replace(true);
            let mut released = self.released.subscribe();
            let _ = released.wait_for(|released| *released).await;
        }
        if self.is_silent.load(SeqCst) {
            return Err(Unavailable("silenced".to_owned()));
        }
        Ok(sighting(self.links.lock().unwrap().get(key).cloned()))
    }
}

impl Origin for Shelf {
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        Box::pin(self.see(key))
    }

    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        Box::pin(self.see(key))
    }

    fn domains(&self) -> Answer<'_> {
        let instance = instance(self.files.clone());
        Box::pin(async { Ok(sighting(Some(encoded(Content::Domains(instance))))) })
    }

    fn resolve_domains(&self) -> Answer<'_> {
        self.domains()
    }

    fn lease<'a>(
        &'a self,
        request: &'a leases::Request,
    ) -> BoxFuture<'a, Result<leases::Reply, Unavailable>> {
        match &self.lessor {
            Some(lessor) => lessor.lease(request),
            None => Box::pin(async { Err(Unavailable("nobody grants".to_owned())) }),
        }
    }
}

/// The record of both domains.
pub(super) fn domains_record() -> Vec<u8> {
    encoded(Content::Domains(instance(Vec::new())))
}

fn instance(files: Vec<RootFile>) -> Instance {
    Instance {
        domains: domains(files),
        secret: InstanceSecret::new([1; 32]),
    }
}

fn domains(files: Vec<RootFile>) -> Vec<Domain> {
    let name = |name| DomainName::parse(name, Scheme::Https).unwrap();
    let plain = Domain {
        id: DomainId(1),
        name: name(HOST),
        scheme: Scheme::Https,
        is_default: true,
        case_sensitive: false,
        root_target: None,
        not_found_target: None,
        files,
    };
    let other = Domain {
        id: DomainId(2),
        name: name(OTHER_HOST),
        scheme: Scheme::Https,
        is_default: false,
        case_sensitive: true,
        root_target: Some("https://root.example/?a=1".into()),
        not_found_target: Some("https://lost.example/".into()),
        files: Vec::new(),
    };
    vec![plain, other]
}

fn sighting(record: Option<Vec<u8>>) -> Sighting {
    Sighting {
        marker: Some(position()),
        record,
    }
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
