//! What other programs and other versions rely on.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

#[path = "it/accepted_targets_keep_their_bytes.rs"]
mod accepted_targets_keep_their_bytes;
#[path = "it/agents_are_known.rs"]
mod agents_are_known;
#[path = "it/any.rs"]
mod any;
#[path = "it/clicks_keep_their_bytes.rs"]
mod clicks_keep_their_bytes;
#[path = "it/decisions_allocate_nothing.rs"]
mod decisions_allocate_nothing;
#[path = "it/decisions_follow_their_order.rs"]
mod decisions_follow_their_order;
#[path = "it/doubtful_policies_are_found.rs"]
mod doubtful_policies_are_found;
#[path = "it/fuzzed_inputs_do_no_harm.rs"]
mod fuzzed_inputs_do_no_harm;
#[path = "it/no_bytes_make_it_panic.rs"]
mod no_bytes_make_it_panic;
#[path = "it/pages_tell_what_they_may.rs"]
mod pages_tell_what_they_may;
#[path = "it/platforms_are_documented.rs"]
mod platforms_are_documented;
#[path = "it/policies_keep_their_promises.rs"]
mod policies_keep_their_promises;
#[path = "it/rules_choose_the_target.rs"]
mod rules_choose_the_target;
#[path = "it/visitors_get_what_the_link_says.rs"]
mod visitors_get_what_the_link_says;
#[path = "it/wire_is_pinned.rs"]
mod wire_is_pinned;
#[path = "it/words.rs"]
mod words;
