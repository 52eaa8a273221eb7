//! Admins and edges on a Redis Cluster.

use std::process::Command;

use serde_json::{Value, json};
use suo_testkit::{Program, RedisCluster, built_program, wait_until};

use crate::{
    production::{Admin, DOMAIN, Edge, Instance},
    quick_start::START,
};

/// The key that edges hear by.
pub const STREAM: &str = "suo:changes";

/// An instance whose programs know the nodes of a cluster.
pub struct OnCluster {
    /// The database; its own Redis is not used.
    pub instance: Instance,
    /// The nodes.
    pub cluster: RedisCluster,
}

impl OnCluster {
    /// An empty database and three empty nodes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            instance: Instance::new(),
            cluster: RedisCluster::start(),
        }
    }

    /// Starts an admin and waits until it answers.
    #[must_use]
    pub fn admin(&self) -> Admin {
        self.instance.admin_with(|command| self.name(command))
    }

    /// Starts an edge that can ask these admins, and waits until it is ready.
    #[must_use]
    pub fn edge(&self, admins: &[&Admin]) -> Edge {
        self.instance
            .edge_with(admins, |command| self.name(command))
    }

    /// Runs `suo-admin project` and expects it to succeed.
    pub fn project(&self) {
        let mut command = Command::new(built_program("suo-admin"));
        command
            .arg("project")
            .env("SUO_DATABASE_URL", self.instance.database.url())
            .env("SUO_SHORT_URL", format!("https://{DOMAIN}"));
        self.name(&mut command);
        let program = Program::start(command);
        let status = program.wait(START);
        assert!(status.success(), "{:#?}", program.lines());
    }

    /// The number of the node that was given the record of a code, and the record's key.
    #[must_use]
    pub fn record(&self, code: &str) -> (usize, String) {
        let pattern = format!("suo:*:l:1:{code}");
        // The API answers before Redis has it if the machine is busy.
        wait_until("a record on some node", START, || {
            let record = (0..3).find_map(|number| {
                let keys = self.cluster.node(number).command(&["KEYS", &pattern]);
                (!keys.is_empty()).then_some((number, keys))
            });
            record.ok_or("there is none")
        })
    }

    /// Makes links until every node has some of them; their codes by node.
    #[must_use]
    pub fn links_everywhere(&self, admin: &Admin) -> [Vec<Value>; 3] {
        let mut links = [const { Vec::new() }; 3];
        for n in 0..30 {
            let link = json!({ "target": first(n), "code": format!("c{n}") });
            let link = admin.api.create(&link);
            links[self.record(&format!("c{n}")).0].push(link);
        }
        assert!(links.iter().all(|links| links.len() > 2), "{links:?}");
        links
    }

    fn name(&self, command: &mut Command) {
        command.env("SUO_REDIS_URL", self.cluster.url());
    }
}

impl Default for OnCluster {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the link with the code `c<n>` leads at first.
#[must_use]
pub fn first(n: usize) -> String {
    format!("https://example.com/{n}")
}
