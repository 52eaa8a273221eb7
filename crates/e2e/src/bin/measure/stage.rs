//! Two admins and three edges on a Postgres that writes to the disk, and links that all know.

use std::io;

use e2e::{
    api::text,
    keep_alive::KeepAlive,
    production::{Admin, Edge, Instance},
};
use serde_json::{Value, json};
use suo_testkit::{Postgres, Profile};

/// What runs while propagation is measured.
pub(crate) struct Stage {
    // The programs end before their servers.
    pub(crate) edges: Vec<Edge>,
    pub(crate) admins: Vec<Admin>,
    pub(crate) instance: Instance,
    _postgres: Postgres,
}

/// A link of the stage.
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) path: String,
}

impl Stage {
    pub(crate) fn start() -> Self {
        let postgres = Postgres::start(Profile::Durable);
        let instance = Instance::on_server(&postgres);
        let admins = vec![instance.admin(), instance.admin()];
        let edges = (0..3)
            .map(|_| instance.edge(&[&admins[0], &admins[1]]))
            .collect();
        Self {
            edges,
            admins,
            instance,
            _postgres: postgres,
        }
    }

    /// Makes so many links, at most as many as a batch takes.
    pub(crate) fn links(&self, count: usize) -> Vec<Known> {
        let links: Vec<Value> = (0..count)
            .map(|n| json!({ "target": format!("https://example.com/{n}") }))
            .collect();
        let batch = json!({ "links": links });
        let answer = self.admins[0].api.call("POST", "/links/batch", &batch);
        let body = answer.json();
        let results = body["results"].as_array();
        results.into_iter().flatten().map(Known::new).collect()
    }

    /// Every edge remembers every link before anything is measured.
    pub(crate) fn warm(&self, links: &[Known]) -> io::Result<()> {
        for edge in &self.edges {
            let mut connection = KeepAlive::open(edge.visits.address)?;
            for link in links {
                let answer = edge.visits.get_over(&mut connection, &link.path)?;
                if answer.status != 302 {
                    return Err(io::Error::other(format!("{}: {answer:?}", link.path)));
                }
            }
        }
        Ok(())
    }

    /// What the edges did, in their own words.
    pub(crate) fn report(&self) {
        for (number, edge) in self.edges.iter().enumerate() {
            println!(
                "edge {number}: {} notices, {} gaps filled, {} unfilled, {} lookups, {} stale answers",
                edge.metric("suo_edge_notices_total"),
                edge.metric("suo_edge_gaps_filled_total"),
                edge.metric("suo_edge_gaps_unfilled_total"),
                edge.metric("suo_edge_lookups_total"),
                edge.metric("suo_edge_stale_answers_total"),
            );
        }
    }
}

impl Known {
    fn new(result: &Value) -> Self {
        let link = &result["link"];
        Self {
            id: text(link, "id").to_owned(),
            path: format!("/{}", text(link, "code")),
        }
    }
}
