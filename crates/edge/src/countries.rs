//! Countries of addresses, from a database of the operator's in MaxMind's format.

use std::{
    fmt, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use maxminddb::{PathElement, Reader};
use suo_link::visitor::Country;

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_secs(5);

type Database = Reader<Vec<u8>>;

/// A database that cannot be used.
#[derive(Debug)]
pub struct BadDatabase(String);

impl fmt::Display for BadDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadDatabase {}

/// Knows countries; or none, without a database.
pub(crate) struct Countries {
    database: Arc<RwLock<Option<Database>>>,
    /// The thread that looks after the file ends when this is dropped.
    _end: Option<Sender<()>>,
}

impl Countries {
    /// Reads the database, and again whenever the file is another one.
    pub(crate) fn new(file: Option<&Path>) -> Result<Self, BadDatabase> {
        Self::with_interval(file, INTERVAL)
    }

    fn with_interval(file: Option<&Path>, interval: Duration) -> Result<Self, BadDatabase> {
        let database = Arc::new(RwLock::new(None));
        let end = match file {
            None => None,
            Some(file) => Some(follow(file.to_owned(), Arc::clone(&database), interval)?),
        };
        Ok(Self {
            database,
            _end: end,
        })
    }

    /// The country of an address; `None` if nobody knows it.
    pub(crate) fn of(&self, address: IpAddr) -> Option<Country> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let found = database.as_ref()?.lookup(address.to_canonical()).ok()?;
        let path = [PathElement::Key("country"), PathElement::Key("iso_code")];
        Country::parse(found.decode_path::<&str>(&path).ok()??)
    }
}

/// Reads the file now, and starts the thread that reads it again.
fn follow(
    file: PathBuf,
    database: Arc<RwLock<Option<Database>>>,
    interval: Duration,
) -> Result<Sender<()>, BadDatabase> {
    // Looked at before it is read: what is replaced meanwhile is read again.
    let mut seen = Mark::of(&file).map_err(|error| bad(&file, &error))?;
    put(&database, read(&file)?);
    let (end, ended) = channel();
    let look_after = move || {
        while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
            let Ok(mark) = Mark::of(&file) else {
                // It is being replaced, or gone; what is known stays.
                continue;
            };
            if mark == seen {
                continue;
            }
            seen = mark;
            match read(&file) {
                Ok(newer) => {
                    put(&database, newer);
                    tracing::info!("the database of countries was replaced and is read again");
                }
                Err(error) => tracing::warn!(%error, "the older database of countries stays"),
            }
        }
    };
    thread::Builder::new()
        .name("suo-edge-geoip".to_owned())
        .spawn(look_after)
        .map_err(|error| BadDatabase(error.to_string()))?;
    Ok(end)
}

fn put(database: &RwLock<Option<Database>>, newer: Database) {
    let mut place = database.write().unwrap_or_else(PoisonError::into_inner);
    let older = place.replace(newer);
    drop(place);
    // Its memory is given back when nobody waits for the lock any more.
    drop(older);
}

/// Into memory: a mapped file that is cut short would end the process.
fn read(file: &Path) -> Result<Database, BadDatabase> {
    let bytes = fs::read(file).map_err(|error| bad(file, &error))?;
    Reader::from_source(bytes).map_err(|error| bad(file, &error))
}

fn bad(file: &Path, error: &dyn fmt::Display) -> BadDatabase {
    BadDatabase(format!("{}: {error}", file.display()))
}

/// What tells one file from the next at the same path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    length: u64,
    changed: Option<SystemTime>,
    number: u64,
}

impl Mark {
    fn of(file: &Path) -> io::Result<Self> {
        let data = fs::metadata(file)?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&data);
        #[cfg(not(unix))]
        let number = 0;
        Ok(Self {
            length: data.len(),
            changed: data.modified().ok(),
            number,
        })
    }
}

#[cfg(test)]
mod tests;
