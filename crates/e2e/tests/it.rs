//! The real programs, started as an operator starts them.
#![expect(clippy::expect_used, reason = "tests fail loudly")]

#[path = "it/a_domain_shows_its_files_and_targets.rs"]
mod a_domain_shows_its_files_and_targets;
#[path = "it/a_password_opens_its_link_alone.rs"]
mod a_password_opens_its_link_alone;
#[path = "it/admins_that_die.rs"]
mod admins_that_die;
#[path = "it/an_audit_tells_what_does_not_add_up.rs"]
mod an_audit_tells_what_does_not_add_up;
#[path = "it/bad_starts_say_what_is_wrong.rs"]
mod bad_starts_say_what_is_wrong;
#[path = "it/clicks_are_counted_once.rs"]
mod clicks_are_counted_once;
#[path = "it/clicks_under_faults.rs"]
mod clicks_under_faults;
#[path = "it/clocks_may_be_wrong.rs"]
mod clocks_may_be_wrong;
#[path = "it/disks_that_fail.rs"]
mod disks_that_fail;
#[path = "it/edits_reach_every_edge.rs"]
mod edits_reach_every_edge;
#[path = "it/ends_that_are_hurried.rs"]
mod ends_that_are_hurried;
#[path = "it/every_app_gets_what_its_link_says.rs"]
mod every_app_gets_what_its_link_says;
#[path = "it/lines_that_fail.rs"]
mod lines_that_fail;
#[path = "it/max_clicks_is_exact.rs"]
mod max_clicks_is_exact;
#[path = "it/nothing_is_lost_stale_or_falsely_absent.rs"]
mod nothing_is_lost_stale_or_falsely_absent;
#[path = "it/pages_are_for_everybody.rs"]
mod pages_are_for_everybody;
#[path = "it/postgres_behind_pgbouncer.rs"]
mod postgres_behind_pgbouncer;
#[path = "it/postgres_set_back.rs"]
mod postgres_set_back;
#[path = "it/postgres_that_fails.rs"]
mod postgres_that_fails;
#[path = "it/races.rs"]
mod races;
#[path = "it/redis_cluster.rs"]
mod redis_cluster;
#[path = "it/redis_that_fails.rs"]
mod redis_that_fails;
#[path = "it/redis_that_goes_back.rs"]
mod redis_that_goes_back;
#[path = "it/simple_failures_lose_nothing.rs"]
mod simple_failures_lose_nothing;
#[path = "it/statistics_tell_who_came.rs"]
mod statistics_tell_who_came;
#[path = "it/sustained_load.rs"]
mod sustained_load;
#[path = "it/the_front_page_is_for_everybody.rs"]
mod the_front_page_is_for_everybody;
#[path = "it/the_front_page_makes_links.rs"]
mod the_front_page_makes_links;
#[path = "it/the_front_page_makes_lists.rs"]
mod the_front_page_makes_lists;
#[path = "it/the_front_page_reads_codes.rs"]
mod the_front_page_reads_codes;
#[path = "it/the_front_page_sketches_what_visitors_see.rs"]
mod the_front_page_sketches_what_visitors_see;
#[path = "it/the_judge_finds_what_is_wrong.rs"]
mod the_judge_finds_what_is_wrong;
#[path = "it/the_quick_start_works_as_printed.rs"]
mod the_quick_start_works_as_printed;
