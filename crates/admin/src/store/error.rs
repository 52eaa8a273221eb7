//! How the store fails. The cause is for the operator's log, never for a client.

use std::{error::Error, fmt};

use diesel::result::{DatabaseErrorKind as Kind, Error as SqlError};

/// What lies beneath.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a call to the store failed.
#[derive(Debug)]
pub enum StoreError {
    /// The database is away, overloaded, or did not answer in time: trying again may help.
    /// A write may or may not have happened.
    Unavailable(Cause),
    /// A row, a statement or the schema is broken: trying again does not help.
    Broken(Cause),
    /// The claim of an idempotency key ran out while its request was at work; nothing was written.
    ClaimLost,
    /// The body of [`super::Publication::with_relay_lock`] gave up; nothing was written.
    Aborted(Cause),
}

impl StoreError {
    /// An error for a value in the database that cannot be there.
    pub(crate) fn broken(what: impl Into<Cause>) -> Self {
        Self::Broken(what.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(cause) => write!(f, "the database is not available: {cause}"),
            Self::Broken(cause) => write!(f, "the database has a fault: {cause}"),
            Self::ClaimLost => f.write_str("the claim of an idempotency key ran out"),
            Self::Aborted(cause) => write!(f, "given up: {cause}"),
        }
    }
}

impl Error for StoreError {}

/// How a query fails inside of a call, before anybody asks what that means.
#[derive(Debug)]
pub(super) enum Failure {
    /// The database said no.
    Sql(diesel::result::Error),
    /// Our own reason.
    Store(StoreError),
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    /// A broken rule or value is a fault; all else (lines, locks, limits, disks) may pass.
    /// diesel does not show the SQLSTATE, and messages come in the server's language.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Sql(
                error @ (SqlError::DatabaseError(
                    Kind::UniqueViolation
                    | Kind::ForeignKeyViolation
                    | Kind::NotNullViolation
                    | Kind::CheckViolation,
                    _,
                )
                | SqlError::NotFound
                | SqlError::QueryBuilderError(_)
                | SqlError::DeserializationError(_)
                | SqlError::SerializationError(_)),
            ) => Self::Broken(error.into()),
            Failure::Sql(error) => Self::Unavailable(error.into()),
        }
    }
}
