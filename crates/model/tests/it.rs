//! The protocol, searched to the end within small bounds; and without each of its rules.
#![expect(clippy::expect_used, reason = "tests fail loudly")]
#![expect(
    clippy::print_stdout,
    reason = "how many states there were is worth reading"
)]

#[path = "it/nothing_is_found_in_the_protocol.rs"]
mod nothing_is_found_in_the_protocol;
#[path = "it/without_a_rule_something_is_found.rs"]
mod without_a_rule_something_is_found;
