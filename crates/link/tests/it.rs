//! What other programs and other versions rely on.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

#[path = "it/accepted_targets_keep_their_bytes.rs"]
mod accepted_targets_keep_their_bytes;
#[path = "it/agents_are_known.rs"]
mod agents_are_known;
#[path = "it/no_bytes_make_it_panic.rs"]
mod no_bytes_make_it_panic;
#[path = "it/platforms_are_documented.rs"]
mod platforms_are_documented;
#[path = "it/visitors_get_what_the_link_says.rs"]
mod visitors_get_what_the_link_says;
#[path = "it/wire_is_pinned.rs"]
mod wire_is_pinned;
