//! PgBouncer between the admins and Postgres.
#![expect(clippy::print_stdout, reason = "figures for docs/reliability.md")]

use std::{net::SocketAddr, time::Duration};

use e2e::{
    edits::Traffic,
    production::{Admin, Instance, SEEN},
    projection::wait_until_whole,
    seen::seen_by,
};
use serde_json::{Value, json};
use suo_testkit::{PgBouncer, PoolMode, Postgres, Profile, wait_until};

/// Longer than the pauses of a busy machine.
const STALENESS: Duration = Duration::from_secs(15);

const BY_TRANSACTION: &str = "behind a pooler that works by transaction";

#[test]
fn everything_works_through_a_pool_by_session() {
    let server = Postgres::start(Profile::Fast);
    let instance = Instance::on_server(&server);
    let pool = PgBouncer::start(&server, PoolMode::Session, 60, &[]);
    let (status, said) = instance.try_run_through(&pool, "migrate");
    assert_eq!(status, Some(0), "{said}");
    let admins = [instance.admin_through(&pool), instance.admin_through(&pool)];
    works(&instance, &pool, &admins);
    for admin in &admins {
        assert!(!admin.program.lines().join("\n").contains(BY_TRANSACTION));
    }
}

#[test]
fn everything_but_migrations_works_through_a_pool_by_transaction() {
    let server = Postgres::start(Profile::Fast);
    // Few sessions for many connections, and a new one whenever that is possible: whatever was
    // left in one would be met by others.
    for settings in [&[][..], &["server_round_robin = 1"]] {
        let instance = Instance::on_server(&server);
        let pool = PgBouncer::start(&server, PoolMode::Transaction, 8, settings);
        let admins = [instance.admin_through(&pool), instance.admin_through(&pool)];
        for admin in &admins {
            let said = admin.program.lines().join("\n");
            assert!(said.contains(BY_TRANSACTION), "{said}");
        }
        works(&instance, &pool, &admins);
        let prepared = prepared_statements(&instance, pool.address());
        assert_eq!(prepared, "0", "statements are left in sessions");
        let (status, said) = instance.try_run_through(&pool, "migrate");
        assert_eq!(status, Some(1), "{said}");
        assert!(
            said.contains("a pooler that works by transaction"),
            "{said}"
        );
    }
}

#[test]
fn a_pooler_that_is_killed_costs_nothing_but_time() {
    let server = Postgres::start(Profile::Fast);
    let instance = Instance::on_server(&server);
    let pool = PgBouncer::start(&server, PoolMode::Session, 60, &[]);
    let (through, beside) = (instance.admin_through(&pool), instance.admin());
    let edge = instance.edge(&[&beside]);
    let traffic = Traffic::start(&[&through, &beside], &[&edge], STALENESS);
    traffic.flow(30);
    pool.kill();
    traffic.flow(30);
    let observed = traffic.finish(&beside, &[&edge]);
    println!("pooler killed: {observed:?}");
    assert!(observed.edits.unsure > 0, "nobody noticed");
}

fn works(instance: &Instance, pool: &PgBouncer, admins: &[Admin; 2]) {
    let [one, two] = admins;
    let edge = instance.edge(&[one, two]);
    wait_until_whole(instance.redis.address());
    let traffic = Traffic::start(&[one, two], &[&edge], STALENESS);
    traffic.flow(100);
    let links: Vec<Value> = (0..1000)
        .map(|n| json!({ "target": format!("https://example.com/{n}"), "code": format!("b{n}") }))
        .collect();
    let batch = json!({ "links": links });
    let answer = two.api.call("POST", "/links/batch", &batch);
    assert_eq!(answer.status, 200, "{}", answer.json());
    seen_by(&edge, "b999", "https://example.com/999");
    wait_until("a rebuild by hand", SEEN * 6, || {
        match instance.try_run_through(pool, "project") {
            (Some(0), _) => Ok(()),
            // A busy machine may keep Redis from answering in time.
            (_, said) => Err(said),
        }
    });
    // A rebuild by an admin, while edits go on.
    instance.redis.command(&["DEL", "suo:{00}:m"]);
    instance.redis.command(&["DEL", "suo:{80}:m"]);
    wait_until_whole(instance.redis.address());
    traffic.flow(50);
    let observed = traffic.finish(one, &[&edge]);
    println!("pooler: {observed:?}");
    let edits = observed.edits;
    assert!(edits.unsure * 10 < edits.made, "{edits:?}");
    for admin in admins {
        let said = admin.program.lines().join("\n");
        assert!(!said.contains("prepared statement"), "{said}");
    }
}

/// Named statements left in whichever sessions the pool hands out now.
fn prepared_statements(instance: &Instance, pool: SocketAddr) -> String {
    let left = "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''";
    instance.database.sql_through(pool, left)
}

trait Through {
    fn admin_through(&self, pool: &PgBouncer) -> Admin;
    fn try_run_through(&self, pool: &PgBouncer, command: &str) -> (Option<i32>, String);
}

impl Through for Instance {
    fn admin_through(&self, pool: &PgBouncer) -> Admin {
        let url = self.database.url_through(pool.address());
        self.admin_with(|command| _ = command.env("SUO_DATABASE_URL", url))
    }

    fn try_run_through(&self, pool: &PgBouncer, command: &str) -> (Option<i32>, String) {
        let url = self.database.url_through(pool.address());
        self.try_run(|program| _ = program.arg(command).env("SUO_DATABASE_URL", url))
    }
}
