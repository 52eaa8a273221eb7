//! The journal's logic also runs under Miri:
//! `cargo +nightly miri test -p suo-edge --no-default-features --lib journal`.

mod disk;
mod ends;
mod files;
mod journal;
