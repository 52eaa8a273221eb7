//! `ends` and `journal` run on plain memory, so also under Miri: `cargo xtask miri`.

mod disk;
mod ends;
mod files;
mod full_sink;
mod journal;
