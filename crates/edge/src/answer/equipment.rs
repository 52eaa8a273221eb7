//! What all workers share when they answer.

use std::{io, sync::Arc};

use super::Config;
use crate::{
    countries::{BadDatabase, Countries},
    links::Links,
    page::Pages,
    password::Gate,
    pictures::Pictures,
};

/// What all workers answer with.
pub(crate) struct Equipment {
    pub(super) config: Config,
    pub(super) links: Arc<Links>,
    pub(super) pages: Pages,
    pub(super) gate: Gate,
    pub(super) pictures: Pictures,
    pub(super) countries: Countries,
}

/// Why there is nothing to answer with.
#[derive(Debug)]
pub(crate) enum NoEquipment {
    /// The database of countries cannot be read.
    Database(BadDatabase),
    /// A thread cannot be started.
    Thread(io::Error),
}

impl From<BadDatabase> for NoEquipment {
    fn from(bad: BadDatabase) -> Self {
        Self::Database(bad)
    }
}

impl From<io::Error> for NoEquipment {
    fn from(error: io::Error) -> Self {
        Self::Thread(error)
    }
}

impl Equipment {
    /// For so many workers; starts the threads that work beside them.
    pub(crate) fn new(
        config: Config,
        links: Arc<Links>,
        workers: usize,
    ) -> Result<Self, NoEquipment> {
        Ok(Self {
            pages: Pages::new(config.site.clone()),
            countries: Countries::new(config.geoip.as_deref())?,
            config,
            links,
            gate: Gate::new(workers)?,
            pictures: Pictures::new()?,
        })
    }
}
