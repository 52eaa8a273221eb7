//! What links take in Redis and in the databases.

use std::{fs, io, path::Path};

use suo_testkit::{Redis, TestDatabase};

/// Records whose size is asked for.
const SAMPLES: usize = 20;

/// Every table with its rows and with its indexes, in bytes.
const TABLES: &str = "
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND pg_total_relation_size(oid) > 1000000 ORDER BY pg_total_relation_size(oid) DESC";

/// The files of a folder, the write-ahead log that a program left behind included.
pub(super) fn print_files(folder: &Path, links: usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (entry, links) = (entry?, links as f64);
        let bytes = entry.metadata()?.len() as f64;
        if bytes > 0.0 {
            let name = entry.file_name();
            println!("  {}: {:.0} bytes a link", name.display(), bytes / links);
        }
    }
    Ok(())
}

/// Memory that Redis has in use (`used_memory`).
pub(super) fn redis(redis: &Redis) -> u64 {
    let memory = redis.command(&["INFO", "memory"]);
    let used = memory
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    number(used.unwrap_or_default())
}

pub(super) fn print_redis(server: &Redis, empty: u64, links: usize) {
    let taken = redis(server).saturating_sub(empty);
    let stream = usage(server, "suo:changes");
    let each = |bytes: u64| bytes as f64 / links as f64;
    println!(
        "  Redis: {:.0} bytes a link in all; {:.0} of them in the stream; {:.0} without it",
        each(taken),
        each(stream),
        each(taken.saturating_sub(stream)),
    );
    let records = std::iter::repeat_with(|| server.command(&["RANDOMKEY"]));
    let records = records.filter(|key| key.contains("}:l:")).take(SAMPLES);
    let sizes: Vec<u64> = records.map(|key| usage(server, &key)).collect();
    let average = sizes.iter().sum::<u64>() as f64 / SAMPLES as f64;
    println!("  Redis: MEMORY USAGE of {SAMPLES} records: {average:.0} bytes on average");
}

pub(super) fn print_postgres(database: &TestDatabase, links: usize) {
    let each = |bytes: &str| number(bytes) as f64 / links as f64;
    let whole = database.sql("SELECT pg_database_size(current_database())");
    println!("  database: {:.0} bytes a link", each(&whole));
    for row in database.sql(TABLES).lines() {
        let columns: Vec<&str> = row.split('|').collect();
        if let [table, rows, indexes] = columns[..] {
            println!(
                "    {table}: {:.0} and {:.0} in indexes",
                each(rows),
                each(indexes)
            );
        }
    }
}

fn usage(redis: &Redis, key: &str) -> u64 {
    number(&redis.command(&["MEMORY", "USAGE", key, "SAMPLES", "0"]))
}

fn number(text: &str) -> u64 {
    text.trim().parse().unwrap_or(0)
}
