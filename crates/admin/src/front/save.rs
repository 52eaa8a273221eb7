//! Makes the links of a form, once.

use std::iter;

use suo_link::instance::InstanceSecret;

use super::{
    choice::Choice,
    home::secret,
    keys,
    once::{self, Turn},
    order::Order,
    quota::UsedUp,
    visit::Visit,
};
use crate::{
    problem::{Finding, Problem},
    state::State,
    store::{Claim, Creation, Keep, NewLink, Store, StoreError, StoredDomain, StoredLink},
};

/// A link that was made.
pub(super) struct Made {
    pub(super) link: StoredLink,
    pub(super) domain: StoredDomain,
    /// The last part of its manage address.
    pub(super) address: String,
    /// What is doubtful about it.
    pub(super) warnings: Vec<Finding>,
}

/// Why a link was not made.
pub(super) enum Refusal {
    /// The form is wrong.
    Wrong(Vec<Finding>),
    /// Too much was made already; the host that the link leads to.
    UsedUp(UsedUp, String),
    /// Its code was taken, again and again.
    Unlucky,
}

/// Why none was made.
pub(super) enum Failure {
    /// The domain that is open to the public does not exist.
    NoDomain,
    /// The same form is at work in another request.
    InWork,
    /// The database is away.
    Down,
}

impl From<Problem> for Failure {
    fn from(_: Problem) -> Self {
        Self::Down
    }
}

/// A link with the number of its manage address.
type Managed = (StoredLink, u32);

/// A link for each target, in order.
type Outcome = Vec<Result<Made, Refusal>>;

/// What was read: a link with what is doubtful about it.
type Read = Result<(NewLink, Vec<Finding>), Refusal>;

/// Makes one link for each target, in order. `key` tells the form from others ([`once::key`]).
pub(super) async fn save(
    state: &State,
    visit: &Visit,
    targets: &[&str],
    choice: &Choice,
    key: Option<String>,
) -> Result<Outcome, Failure> {
    let secret = secret(state).await?;
    let domains = state.ask(|store| store.domains()).await?;
    let domain = open_domain(state, &domains).ok_or_else(|| {
        tracing::error!("SUO_PUBLIC_DOMAIN names no domain of this instance");
        Failure::NoDomain
    })?;
    let now = state.now();
    let order = Order {
        state,
        choice,
        domains: &domains,
        domain,
        now,
    };
    let mut read: Vec<Read> = targets.iter().map(|target| order.read(target)).collect();
    let links = if read.iter().all(Result::is_err) {
        // Nothing is written for what is refused.
        Vec::new()
    } else if !state.front.quotas.has_room(visit.address, now) {
        read = read.into_iter().map(used_up).collect();
        Vec::new()
    } else {
        links(state, visit, &mut read, key).await?
    };
    Ok(outcome(read, links, domain, &secret))
}

fn used_up(read: Read) -> Read {
    read.and(Err(Refusal::UsedUp(UsedUp::Address, String::new())))
}

/// The domain on which the public makes links.
fn open_domain<'a>(state: &State, domains: &'a [StoredDomain]) -> Option<&'a StoredDomain> {
    let opening = state.front.opening.as_ref()?;
    domains.iter().find(|known| match &opening.domain {
        Some(name) => known.domain.name == *name,
        None => known.domain.is_default,
    })
}

/// A link for each target that was read and is good: new ones, or those that were made when the
/// form was sent the first time. What there is no quota for is refused in `read`.
async fn links(
    state: &State,
    visit: &Visit,
    read: &mut [Read],
    key: Option<String>,
) -> Result<Vec<Option<Managed>>, Failure> {
    let claim = match once::begin(state, key).await? {
        Turn::First(claim) => claim,
        Turn::Again(ids) => {
            let links = move |store: &dyn Store| managed(store, once::links(store, ids)?);
            return Ok(state.ask(links).await?);
        }
        Turn::InWork => return Err(Failure::InWork),
    };
    let (front, now) = (&state.front, state.now());
    for read in read.iter_mut() {
        if let Ok((new, _)) = read
            && let Err(refusal) = front.take(visit.address, &new.fields, now)
        {
            *read = Err(refusal);
        }
    }
    let wanted = read.iter().map(|read| read.as_ref().ok());
    let wanted: Vec<_> = wanted.map(|read| Some(read?.0.clone())).collect();
    let created = create(state, wanted, claim.clone()).await;
    match (&created, claim) {
        (Ok(links), Some(claim)) if links.iter().all(Option::is_none) => {
            once::release(state, claim).await;
        }
        (Err(_), Some(claim)) => once::release(state, claim).await,
        _ => {}
    }
    created
}

/// One link for each place that wants one.
async fn create(
    state: &State,
    wanted: Vec<Option<NewLink>>,
    claim: Option<Claim>,
) -> Result<Vec<Option<Managed>>, Failure> {
    if wanted.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let now = state.now();
    let links = state
        .ask(move |store| {
            let places: Vec<bool> = wanted.iter().map(Option::is_some).collect();
            let new: Vec<NewLink> = wanted.into_iter().flatten().collect();
            let reply = |creations: &[Creation]| once::reply(&places, creations);
            let keep = claim.as_ref().map(|claim| Keep {
                claim,
                reply: &reply,
            });
            let creations = store.create_links(&new, now, keep.as_ref())?;
            let mut links = creations.into_iter().map(created);
            let ours = |is_wanted: bool| is_wanted.then(|| links.next()).flatten().flatten();
            managed(store, places.into_iter().map(ours).collect())
        })
        .await?;
    state.relay.settled().await;
    Ok(links)
}

/// Gives each link its manage address. Who sends a form again after the admin was killed between both gets
/// it then.
fn managed(
    store: &dyn Store,
    links: Vec<Option<StoredLink>>,
) -> Result<Vec<Option<Managed>>, StoreError> {
    let ids: Vec<_> = links.iter().flatten().map(|link| link.id).collect();
    let mut serials = store.open_management(&ids)?.into_iter();
    let managed = |link: Option<StoredLink>| Some((link?, serials.next()?));
    Ok(links.into_iter().map(managed).collect())
}

fn created(creation: Creation) -> Option<StoredLink> {
    match creation {
        Creation::Created(link) | Creation::Existing(link) => Some(link),
        Creation::CodeTaken => None,
    }
}

/// What was read, with the link in place of what is good.
fn outcome(
    read: Vec<Read>,
    links: Vec<Option<Managed>>,
    domain: &StoredDomain,
    secret: &InstanceSecret,
) -> Outcome {
    let links = links.into_iter().chain(iter::repeat_with(|| None));
    let made = |(read, link): (Read, Option<Managed>)| {
        let (_, warnings) = read?;
        let (link, serial) = link.ok_or(Refusal::Unlucky)?;
        Ok(Made {
            address: keys::manage_address(secret, link.id, serial),
            domain: domain.clone(),
            link,
            warnings,
        })
    };
    read.into_iter().zip(links).map(made).collect()
}
