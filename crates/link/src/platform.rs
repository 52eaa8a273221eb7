//! Who is asking, by the name that a browser gives itself: `User-Agent` in; app, system, device
//! and kind of bot out.
//!
//! What is known about agents is in three tables: [`apps`], [`bots`] and [`systems`]. A newcomer
//! adds an app by adding a section to the first. How tokens are written is in [`tokens`], how
//! they are made ready in `index.rs` and found in `scan.rs`, what is concluded from them in `verdict.rs`.

pub mod apps;
pub mod bots;
mod hints;
mod index;
mod memo;
mod names;
mod scan;
pub mod systems;
pub mod tokens;
mod verdict;
mod vocabulary;

pub use hints::{Hints, is_prefetch};
pub use memo::{Memo, MemoSecret, Place, Sought};
pub use names::Called;
pub use vocabulary::{App, BotKind, Device, Os, UnknownName};

/// What an agent says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    /// The app; of a bot always [`App::None`], for a policy judges it like an ordinary browser.
    pub app: App,
    /// The system.
    pub os: Os,
    /// The device.
    pub device: Device,
    /// What kind of bot it is, if it is one.
    pub bot_kind: Option<BotKind>,
}

impl Platform {
    /// Whether a program asks, not a person.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.bot_kind.is_some()
    }
}

/// What is said of an agent that says nothing.
impl Default for Platform {
    fn default() -> Self {
        Self {
            app: App::None,
            os: Os::Other,
            device: Device::Other,
            bot_kind: None,
        }
    }
}

/// What the bytes of a `User-Agent` say. Any bytes will do, none included.
#[must_use]
pub fn classify(user_agent: &[u8]) -> Platform {
    verdict::of(scan::scan(user_agent))
}
