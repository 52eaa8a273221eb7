//! Reading the QR codes of pictures that people upload.
//!
//! Nothing can interrupt the decoders, and small valid pictures stall them for many seconds. So a
//! picture is read in a child process: this very program, started with [`SUBCOMMAND`], without our
//! environment and with limits on time, memory and number at once. A child that runs over is
//! ended. One that did not is used again: time is measured for each picture, and the bound of
//! memory is the process's own.

mod child;
mod form;
mod limits;
mod process;
mod reply;

use std::{
    ffi::OsStr,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::web::Bytes;
pub use suo_qr::Kind;
use tokio::{runtime::Runtime, sync::Semaphore, time::timeout};

pub use self::{child::serve as serve_parent, form::Form};
use self::{
    process::Process,
    reply::{Job, Reply},
};
use crate::problem::{Name, Problem};

/// What makes a program of ours read pictures from standard input, and do nothing else.
pub const SUBCOMMAND: &str = "read-pictures";

/// The largest picture, in bytes.
pub const LIMIT: usize = suo_qr::read::MAX_BYTES;

/// How long one picture may take.
const TIME: Duration = Duration::from_millis(2500);

/// How long a picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(6);

/// How many pictures wait for their turn, for each that is being read.
const WAITING: usize = 4;

/// How much of pictures is kept in memory before they are read, in KiB.
const ROOM: usize = 64 * 1024;

/// One code in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it holds. Written by a stranger: to be escaped, and never fetched.
    pub text: String,
    /// What that is for.
    pub kind: Kind,
}

/// Why a picture was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The bytes are none of PNG, JPEG, WebP, GIF, BMP.
    NotAPicture,
    /// More bytes or more pixels than are read here.
    TooLarge,
    /// A picture in which no code was found, or a broken one.
    Unreadable,
    /// The picture ran into the limits of time or memory.
    TooHard,
    /// Too many pictures are being read already.
    Busy,
}

/// Whether a program was started to read pictures: then all it does is [`serve_parent`].
#[must_use]
pub fn is_child() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    arguments.next().as_deref() == Some(OsStr::new(SUBCOMMAND)) && arguments.next().is_none()
}

/// Reads pictures; clones share children and limits.
#[derive(Clone, Debug)]
pub struct Reader(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    program: PathBuf,
    /// Pictures that are being read, or wait.
    places: Semaphore,
    /// Pictures that are being read, or whose child is about to end.
    turns: Arc<Semaphore>,
    /// Bytes of forms that have arrived or are arriving, in KiB.
    room: Arc<Semaphore>,
    idle: Mutex<Vec<Process>>,
    /// The children's own: servers have several, and each ends by itself.
    runtime: Option<Runtime>,
}

impl Reader {
    /// Starts no child yet; each is this program itself.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new() -> std::io::Result<Self> {
        let program = if cfg!(target_os = "linux") {
            // Also after the file was replaced by another version.
            PathBuf::from("/proc/self/exe")
        } else {
            std::env::current_exe()?
        };
        Self::with_program(program)
    }

    /// With another program that understands [`SUBCOMMAND`], for tests.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn with_program(program: PathBuf) -> std::io::Result<Self> {
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        // Two at least: one hard picture must not stop all others.
        let at_once = at_once.clamp(2, 4);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("suo-pictures")
            .enable_all()
            .build()?;
        Ok(Self(Arc::new(Shared {
            program,
            places: Semaphore::new(at_once * (1 + WAITING)),
            turns: Arc::new(Semaphore::new(at_once)),
            room: Arc::new(Semaphore::new(ROOM)),
            idle: Mutex::default(),
            runtime: Some(runtime),
        })))
    }

    fn room(&self) -> Arc<Semaphore> {
        self.0.room.clone()
    }

    /// All codes in a picture, at least one. Takes 3 seconds at most, and longer only to wait for
    /// its turn. Goes on to its end if the future is dropped.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn read(&self, picture: Bytes) -> Result<Vec<Code>, ReadError> {
        let texts = match self.ask(Job::Codes, picture).await? {
            Reply::Texts(texts) if !texts.is_empty() => texts,
            _ => return Err(ReadError::Unreadable),
        };
        let code = |text: String| Code {
            kind: Kind::of(&text),
            text,
        };
        Ok(texts.into_iter().map(code).collect())
    }

    /// A picture as a logo: PNG with opacity, at most 256 pixels along the longer side. In all
    /// else as [`Reader::read`].
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn logo(&self, picture: Bytes) -> Result<Vec<u8>, ReadError> {
        match self.ask(Job::Logo, picture).await? {
            Reply::Logo(png) => Ok(png),
            _ => Err(ReadError::Unreadable),
        }
    }

    async fn ask(&self, job: Job, picture: Bytes) -> Result<Reply, ReadError> {
        if picture.len() > LIMIT {
            return Err(ReadError::TooLarge);
        }
        let shared = self.0.clone();
        let Some(runtime) = &self.0.runtime else {
            return Err(ReadError::Busy);
        };
        let done = runtime.spawn(async move { shared.ask(job, &picture).await });
        match done.await.map_err(|_| ReadError::Busy)?? {
            Reply::NotAPicture => Err(ReadError::NotAPicture),
            Reply::TooLarge => Err(ReadError::TooLarge),
            Reply::Broken => Err(ReadError::Unreadable),
            reply => Ok(reply),
        }
    }
}

impl Shared {
    async fn ask(&self, job: Job, picture: &[u8]) -> Result<Reply, ReadError> {
        let _place = self.places.try_acquire().map_err(|_| ReadError::Busy)?;
        let turn = timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(ReadError::Busy)?;
        let mut process = self.process().map_err(|error| {
            tracing::error!(%error, "cannot start a process for reading pictures");
            ReadError::Busy
        })?;
        match timeout(TIME, process.read(job, picture)).await {
            Ok(Ok(reply)) => {
                self.idle().push(process);
                Ok(reply)
            }
            // It ran over its memory or hit a fault of a decoder, or is still at it.
            Ok(Err(_)) | Err(_) => {
                // On a busy machine that takes a while, for which nobody has to wait; but the turn is
                // over only then.
                tokio::spawn(async move {
                    process.end().await;
                    drop(turn);
                });
                Err(ReadError::TooHard)
            }
        }
    }

    /// One that waits for work, or a new one.
    fn process(&self) -> std::io::Result<Process> {
        while let Some(mut process) = { self.idle().pop() } {
            if process.is_alive() {
                return Ok(process);
            }
        }
        Process::start(&self.program)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last clone may go on a thread that must not wait. Children end by themselves when
            // nobody can write to them any more.
            runtime.shutdown_background();
        }
    }
}

impl ReadError {
    /// The problem's name, which has the HTTP status.
    #[must_use]
    pub fn name(self) -> Name {
        match self {
            Self::NotAPicture => Name::UnsupportedMediaType,
            Self::TooLarge => Name::TooLarge,
            Self::Unreadable => Name::UnreadablePicture,
            Self::TooHard => Name::PictureTooHard,
            Self::Busy => Name::Busy,
        }
    }
}

/// In English, for API clients.
impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPicture => "send a picture: PNG, JPEG, WebP, GIF or BMP",
            Self::TooLarge => "a picture here has at most 8 MiB and 40 million pixels",
            Self::Unreadable => {
                "no QR code was found: try a sharper picture, or one that shows the code alone"
            }
            Self::TooHard => {
                "reading the picture takes too much: try one that shows the code alone"
            }
            Self::Busy => "too many pictures are being read: try again in a moment",
        })
    }
}

impl std::error::Error for ReadError {}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::new(error.name(), error)
    }
}
