//! Postgres restored to an earlier point, while edges serve.
#![expect(clippy::print_stdout, reason = "figures for docs/reliability.md")]

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use e2e::{
    api::{link_path, text},
    edits::create_surely,
    production::{Admin, Edge, Instance, SEEN},
    projection::wait_until_whole,
    seen::seen_by,
};
use serde_json::{Value, json};
use suo_testkit::{Dump, wait_until};

/// What is done to a link after the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Left,
    Edited,
    Deleted,
    Renamed,
}

#[test]
fn edges_answer_like_a_database_that_was_set_back_while_admins_were_stopped() {
    let mut scene = Scene::new();
    scene.lose_history();
    scene.while_visited(|scene| {
        scene.stop_admins();
        scene.instance.database.restore(&scene.dump);
        scene.start_admin();
    });
    scene.is_as_in_the_database(2);
    scene.goes_on();
}

#[test]
fn edges_answer_like_a_database_that_was_set_back_under_running_admins() {
    let mut scene = Scene::new();
    scene.lose_history();
    scene.while_visited(|scene| scene.instance.database.restore(&scene.dump));
    scene.is_as_in_the_database(2);
    scene.goes_on();
}

#[test]
fn a_database_and_a_redis_that_were_set_back_together_need_a_word_of_the_operator() {
    let mut scene = Scene::new();
    scene.lose_history();
    scene.while_visited(|scene| {
        scene.stop_admins();
        scene.instance.database.restore(&scene.dump);
        scene.instance.redis.restart_empty();
        scene.instance.run("project --new-generation");
        scene.start_admin();
    });
    scene.is_as_in_the_database(2);
    scene.goes_on();
}

/// An instance that has lived on after it was dumped.
struct Scene {
    instance: Instance,
    admins: Vec<Admin>,
    address: SocketAddr,
    edges: Vec<Edge>,
    links: Vec<(Fate, Value)>,
    dump: Dump,
    /// When the database was back, and an admin with it.
    back: Instant,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let admins = vec![instance.admin(), instance.admin()];
        let asked: Vec<&Admin> = admins.iter().collect();
        let edges = vec![instance.edge(&asked), instance.edge(&asked)];
        let fates = [Fate::Left, Fate::Edited, Fate::Deleted, Fate::Renamed];
        let links: Vec<_> = (0..40)
            .map(|n| {
                let code = format!("back{n}");
                let link = create_surely(&admins[0].api, &code, &target(&code, 0));
                (fates[n % fates.len()], link)
            })
            .collect();
        wait_until_whole(instance.redis.address());
        let dump = instance.database.dump();
        Self {
            instance,
            address: admins[1].api.address,
            admins,
            edges,
            links,
            dump,
            back: Instant::now(),
        }
    }

    /// Every edge remembers what is lost then; one learns the rest only afterwards.
    fn lose_history(&self) {
        let api = &self.admins[0].api;
        for (fate, link) in &self.links {
            let (code, path) = (text(link, "code"), link_path(link));
            let status = match fate {
                Fate::Left => 200,
                Fate::Edited => {
                    let body = json!({ "target": target(code, 1) });
                    api.call("PATCH", &path, &body).status
                }
                Fate::Deleted => api.call("DELETE", &path, &Value::Null).status,
                Fate::Renamed => {
                    let body = json!({ "code": format!("{code}new") });
                    api.call("PATCH", &path, &body).status
                }
            };
            assert!([200, 204].contains(&status), "{fate:?}: {status}");
            match fate {
                Fate::Left => {}
                Fate::Edited => seen_by(&self.edges[0], code, &target(code, 1)),
                Fate::Deleted => seen_by(&self.edges[0], code, "404"),
                Fate::Renamed => {
                    seen_by(&self.edges[0], &format!("{code}new"), &target(code, 0));
                }
            }
        }
        for n in 0..10 {
            let code = format!("lost{n}");
            create_surely(api, &code, &target(&code, 0));
            seen_by(&self.edges[0], &code, &target(&code, 0));
        }
    }

    /// Runs `work` while visitors follow links that nothing was done to.
    fn while_visited(&mut self, work: impl FnOnce(&mut Self)) {
        let left = self.links.iter().filter(|(fate, _)| *fate == Fate::Left);
        let codes: Vec<String> = left
            .map(|(_, link)| text(link, "code").to_owned())
            .collect();
        let visits = self.edges[0].visits.clone();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let visitor = scope.spawn(|| {
                for code in codes.iter().cycle() {
                    assert_eq!(visits.follow(code), target(code, 0));
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            work(self);
            self.back = Instant::now();
            // Until everything was looked up again, and some more.
            wait_until("a new generation", SEEN * 6, || {
                match self.edges[0].metric("suo_edge_generation") as u64 {
                    1 => Err("the old one"),
                    _ => Ok(()),
                }
            });
            is_over.store(true, Ordering::Relaxed);
            visitor.join().expect("visitors see nothing wrong");
        });
    }

    fn stop_admins(&mut self) {
        for admin in self.admins.drain(..) {
            self.address = admin.api.address;
            let status = admin.program.terminate(Duration::from_secs(30));
            assert!(status.success(), "{status:?}");
        }
    }

    /// Where the last one was: edges ask it about what is not whole.
    fn start_admin(&mut self) {
        let admin = self.instance.admin_at(self.address, |_| {});
        self.admins.push(admin);
    }

    /// All that is in the dump, and nothing else.
    fn is_as_in_the_database(&self, generation: u64) {
        for edge in &self.edges {
            for (fate, link) in &self.links {
                let code = text(link, "code");
                seen_by(edge, code, &target(code, 0));
                if *fate == Fate::Renamed {
                    seen_by(edge, &format!("{code}new"), "404");
                }
            }
            for n in 0..10 {
                seen_by(edge, &format!("lost{n}"), "404");
            }
            assert_eq!(edge.metric("suo_edge_generation") as u64, generation);
        }
        println!("like the database after {:?}", self.back.elapsed());
    }

    /// The instance lives on: also codes and numbers that the lost history had used.
    fn goes_on(&self) {
        let api = &self.admins[0].api;
        let code = "lost3";
        let other = format!("https://example.com/{code}/other");
        create_surely(api, code, &other);
        self.edges
            .iter()
            .for_each(|edge| seen_by(edge, code, &other));
        for (_, link) in &self.links {
            let code = text(link, "code");
            wait_until("the edit is made", SEEN, || {
                let body = json!({ "target": target(code, 2) });
                let answer = api.call("PATCH", &link_path(link), &body);
                (answer.status == 200).then_some(()).ok_or(answer.status)
            });
        }
        for edge in &self.edges {
            for (_, link) in &self.links {
                let code = text(link, "code");
                seen_by(edge, code, &target(code, 2));
            }
        }
        for edge in &self.edges {
            wait_until("all clicks are counted", SEEN * 6, || {
                match edge.metric("suo_edge_clicks_waiting") {
                    0.0 => Ok(()),
                    waiting => Err(waiting),
                }
            });
        }
    }
}

fn target(code: &str, number: usize) -> String {
    format!("https://example.com/{code}/{number}")
}
