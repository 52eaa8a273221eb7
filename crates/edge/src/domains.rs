//! All domains, found by the Host header.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use suo_link::{
    domain::Domain,
    instance::{Instance, InstanceSecret},
    policy::SplitKey,
    rev::Rev,
};

use crate::{hash::Seeded, hearing::Moment, password::UnlockingKey};

/// The longest Host header that can name a domain: 253 bytes, a final dot, a port.
const LONGEST_HOST: usize = 253 + 1 + 6;

/// All domains of the instance at one moment.
#[derive(Clone, Debug)]
pub struct Domains {
    all: Vec<Domain>,
    split_key: SplitKey,
    unlocking_key: UnlockingKey,
    by_name: HashMap<Box<str>, usize, Seeded>,
    default: Option<usize>,
}

impl Domains {
    /// Indexes the domains.
    #[must_use]
    pub fn new(instance: Instance) -> Self {
        let all = instance.domains;
        let mut by_name = HashMap::with_hasher(Seeded::random());
        let names = all.iter().map(|domain| Box::from(domain.name.as_str()));
        by_name.extend(names.zip(0..));
        Self {
            by_name,
            split_key: instance.secret.split_key(),
            unlocking_key: UnlockingKey(instance.secret.unlocking_key()),
            default: all.iter().position(|domain| domain.is_default),
            all,
        }
    }

    /// The domain that a Host header names: compared whole, without regard to case, a final
    /// dot, or a port that is some scheme's default.
    #[must_use]
    pub fn by_host(&self, host: &str) -> Option<&Domain> {
        let mut buffer = [0; LONGEST_HOST];
        let name = canonical(host, &mut buffer)?;
        let without_port = || name.strip_suffix(":80").or(name.strip_suffix(":443"));
        let found = self.by_name.get(name);
        let place = found.or_else(|| self.by_name.get(without_port()?))?;
        self.all.get(*place)
    }

    /// The domain for unknown hosts, where the edge allows that.
    #[must_use]
    pub fn default(&self) -> Option<&Domain> {
        self.all.get(self.default?)
    }

    /// The key of the weighted split.
    #[must_use]
    pub fn split_key(&self) -> &SplitKey {
        &self.split_key
    }

    /// The key that signs proofs of passwords.
    pub(crate) fn unlocking_key(&self) -> &UnlockingKey {
        &self.unlocking_key
    }

    /// Every domain.
    #[must_use]
    pub fn all(&self) -> &[Domain] {
        &self.all
    }
}

impl From<Instance> for Domains {
    fn from(instance: Instance) -> Self {
        Self::new(instance)
    }
}

/// The host in lower case, without the dot after its name; `None` if it is too long for one.
fn canonical<'a>(host: &str, buffer: &'a mut [u8; LONGEST_HOST]) -> Option<&'a str> {
    let colon = host
        .rfind(':')
        .filter(|colon| !host[*colon..].contains(']'));
    let (name, port) = host.split_at(colon.unwrap_or(host.len()));
    let name = name.strip_suffix('.').unwrap_or(name);
    let length = name.len() + port.len();
    let place = buffer.get_mut(..length)?;
    place[..name.len()].copy_from_slice(name.as_bytes());
    place[name.len()..].copy_from_slice(port.as_bytes());
    place.make_ascii_lowercase();
    std::str::from_utf8(place).ok()
}

/// No domain, and a secret that nothing is decided with.
fn none() -> Instance {
    Instance {
        domains: Vec::new(),
        secret: InstanceSecret::new([0; 32]),
    }
}

/// The domains that are in force, replaced as a whole.
pub(crate) struct Register {
    current: Mutex<Current>,
    version: AtomicU64,
}

struct Current {
    /// `None` until the domains are known.
    rev: Option<Rev>,
    /// As of when they are all there are; `None` if a change of them could not be read.
    confirmed: Option<Moment>,
    domains: Domains,
}

thread_local! {
    /// Each thread has a copy of its own, so that counting references moves no cache line
    /// between cores.
    static COPY: RefCell<Option<(u64, Arc<Domains>)>> = const { RefCell::new(None) };
}

impl Register {
    pub(crate) fn new() -> Self {
        Self {
            current: Mutex::new(Current {
                rev: None,
                confirmed: None,
                domains: Domains::new(none()),
            }),
            version: AtomicU64::new(unused_version()),
        }
    }

    pub(crate) fn read(&self) -> Arc<Domains> {
        let version = self.version.load(Ordering::Acquire);
        COPY.with_borrow_mut(|copy| match copy {
            Some((copied, domains)) if *copied == version => Arc::clone(domains),
            outdated => {
                let domains = Arc::new(self.lock().domains.clone());
                *outdated = Some((version, Arc::clone(&domains)));
                domains
            }
        })
    }

    /// The last moment as of which somebody said that these are all domains.
    pub(crate) fn confirmed(&self) -> Option<Moment> {
        self.lock().confirmed
    }

    /// They were changed, and nobody here knows how.
    pub(crate) fn doubt(&self) {
        self.lock().confirmed = None;
    }

    /// Replaces older domains, and confirms newer ones. `is_believed` is asked while no other
    /// change can come between; returns what it said.
    pub(crate) fn write(
        &self,
        rev: Rev,
        instance: Instance,
        moment: Moment,
        is_believed: impl FnOnce() -> bool,
    ) -> bool {
        let mut current = self.lock();
        let believed = is_believed();
        if believed {
            current.confirmed = current.confirmed.max(Some(moment));
        }
        if believed && current.rev < Some(rev) {
            current.rev = Some(rev);
            current.domains = Domains::new(instance);
            self.version.store(unused_version(), Ordering::Release);
        }
        believed
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Versions are unique in the process, so that a thread's copy of another register never fits.
fn unused_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use suo_link::{
        domain::{Domain, DomainName, Scheme},
        id::DomainId,
        instance::{Instance, InstanceSecret},
        rev::{Generation, Rev},
    };

    use super::{Domains, Register};
    use crate::{hearing::Hearing, stopwatch::Stopwatch};

    fn domain(id: u32, name: &str) -> Domain {
        Domain {
            id: DomainId(id),
            name: DomainName::parse(name, Scheme::Http).unwrap(),
            scheme: Scheme::Http,
            is_default: id == 2,
            case_sensitive: false,
            root_target: None,
            not_found_target: None,
            files: Vec::new(),
        }
    }

    fn instance(domains: Vec<Domain>) -> Instance {
        Instance {
            domains,
            secret: InstanceSecret::new([1; 32]),
        }
    }

    fn rev(number: u64) -> Rev {
        Rev {
            generation: Generation(1),
            number,
        }
    }

    #[test]
    fn the_host_is_compared_whole() {
        let names = ["s.example.com", "127.0.0.1:8000", "[::1]:8000", "a.b:443"];
        let all = (1..).zip(names).map(|(id, n)| domain(id, n)).collect();
        let domains = Domains::new(instance(all));
        for (host, expected) in [
            ("s.example.com", Some(1)),
            ("S.Example.COM", Some(1)),
            ("s.example.com.", Some(1)),
            ("s.example.com:80", Some(1)),
            ("s.example.com.:443", Some(1)),
            ("s.example.com:8000", None),
            ("s.example.com.evil", None),
            ("x.s.example.com", None),
            ("127.0.0.1:8000", Some(2)),
            ("127.0.0.1", None),
            ("[::1]:8000", Some(3)),
            ("[::1]", None),
            ("a.b:443", Some(4)),
            ("a.b", None),
            ("", None),
            (":", None),
            ("短.例子", None),
        ] {
            let found = domains.by_host(host).map(|domain| domain.id.0);
            assert_eq!(found, expected, "{host}");
        }
        assert!(domains.by_host(&"a".repeat(10_000)).is_none());
        assert_eq!(domains.default().map(|domain| domain.id.0), Some(2));
    }

    #[test]
    fn only_newer_domains_replace() {
        let register = Register::new();
        let now = Hearing::new(Stopwatch::system(), Arc::default()).moment();
        register.write(
            rev(3),
            instance(vec![domain(1, "doubtful.example")]),
            now,
            || false,
        );
        assert_eq!(register.confirmed(), None);
        register.write(
            rev(2),
            instance(vec![domain(1, "new.example")]),
            now,
            || true,
        );
        register.write(
            rev(1),
            instance(vec![domain(1, "old.example")]),
            now,
            || true,
        );
        register.write(
            rev(3),
            instance(vec![domain(1, "doubtful.example")]),
            now,
            || false,
        );
        assert_eq!(register.confirmed(), Some(now));
        assert!(register.read().by_host("new.example").is_some());
        assert!(Arc::ptr_eq(&register.read(), &register.read()));
        assert!(Register::new().read().all().is_empty());
    }
}
