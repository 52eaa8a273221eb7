//! What every start of an admin sees to.

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
};

use suo_link::domain::ShortUrl;

use crate::{
    clock::Clock,
    store::{DefaultDomain, SchemaState, Store, StoreError},
};

/// Why an admin does not start.
#[derive(Debug)]
pub enum StartError {
    /// The database lacks migrations.
    Unmigrated,
    /// A newer program has migrated the database.
    Newer,
    /// The address can't be listened on.
    Listen {
        /// The setting that names it.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The database does not answer.
    Store(StoreError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmigrated => f.write_str(
                "the database has not this version's schema: run suo-admin migrate first",
            ),
            Self::Newer => f.write_str(
                "the database was migrated by a newer version: run that version, or restore a \
                 backup made before (suo-admin migrate can't go back)",
            ),
            Self::Listen {
                setting,
                address,
                cause,
            } => match cause.kind() {
                io::ErrorKind::AddrInUse => {
                    write!(f, "{address} ({setting}) is in use by another program")
                }
                _ => write!(f, "cannot listen on {address} ({setting}): {cause}"),
            },
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Refuses a database with another schema than this program's.
///
/// # Errors
/// Says which command helps.
pub fn check_schema(store: &dyn Store) -> Result<(), StartError> {
    match store.schema_state()? {
        SchemaState::Current => Ok(()),
        SchemaState::NeedsMigration(_) => Err(StartError::Unmigrated),
        SchemaState::Newer(_) => Err(StartError::Newer),
    }
}

/// Sees to it that the domain of `SUO_SHORT_URL` exists.
///
/// # Errors
/// If the database fails.
pub fn ensure_domain(store: &dyn Store, url: &ShortUrl, clock: &Clock) -> Result<(), StartError> {
    if store.ensure_default_domain(url, clock())? == DefaultDomain::Added {
        tracing::warn!(%url, "SUO_SHORT_URL names another domain than before: it was added, the default one stays");
        let leading = store.links_leading_to(&url.domain)?;
        if let Some(link) = leading.first() {
            tracing::warn!(%url, links = leading.len(), newest = link.to_public(), "links lead to the domain that was added");
        }
    }
    Ok(())
}

/// Listens; a port in use is said with its setting.
///
/// # Errors
/// If the address can't be listened on.
pub fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|cause| StartError::Listen {
        setting,
        address,
        cause,
    })
}
