//! What admins take from the stream of clicks.

use std::sync::atomic::Ordering::Relaxed;

use suo_admin::{
    clicks::{
        Rules, Shipment,
        audit::{Audit, audit, look},
        count,
        intake::Intake,
        upkeep::Upkeep,
    },
    settings::TimeZone,
    store::{Depth, Period},
};
use suo_link::{id::LinkId, time::Timestamp, visitor::VisitorKey};
use suo_testkit::wait_until;

use super::scene::{SOON, Scene};
use crate::store::{
    clicks::{humans, name},
    place::NOW,
};

const DAY: i64 = 24 * 3600 * 1000;

impl Scene {
    fn ship(&self, shipment: &Shipment) {
        let mut add = redis::cmd("XADD");
        add.arg("suo:clicks").arg("*");
        add.arg("journal").arg(shipment.name.journal.to_string());
        add.arg("number").arg(shipment.name.number);
        add.arg("segment").arg(&shipment.segment);
        add.exec(&mut self.connection().unwrap()).unwrap();
    }

    fn start_intake(&self) -> Intake {
        let rules = Rules::of(TimeZone::UTC);
        let clock = std::sync::Arc::new(|| NOW);
        Intake::start(self.place.shared(), &self.target, rules, clock).unwrap()
    }

    fn look(&self) -> Audit {
        let seen = look(&self.target).unwrap();
        audit(&*self.place, Some(&seen), &Period::default(), Depth::All).unwrap()
    }

    /// Waits until so many answers are counted, and nothing is in Redis any more.
    fn until_counted(&self, answers: u64) {
        wait_until("all is counted", SOON, || {
            let found = self.look();
            let stream = found.in_flight.in_stream.unwrap();
            let is_empty = (stream.segments, stream.repeated, stream.unreadable) == (0, 0, 0);
            let is_done = is_empty && stream.taken == 0 && found.counted.answers == answers;
            is_done.then_some(()).ok_or(found.to_string())
        });
        assert_eq!(self.look().findings, []);
    }
}

#[test]
fn what_a_dead_admin_has_taken_is_claimed_by_another() {
    let scene = Scene::without_relay();
    let link = scene.place.create("a", "https://a.example").id;
    for number in 1..=70 {
        scene.ship(&humans(name(1, number), link, 2));
    }
    let redis = &scene.redis;
    redis.command(&["XGROUP", "CREATE", "suo:clicks", "admin", "0"]);
    let take = "XREADGROUP GROUP admin dead COUNT 70 STREAMS suo:clicks >";
    redis.command(&take.split(' ').collect::<Vec<_>>());
    let stream = scene.look().in_flight.in_stream.unwrap();
    assert_eq!(
        (stream.segments, stream.answers, stream.taken),
        (70, 140, 70)
    );
    // As if it had been a minute ago.
    let ids = redis.command(&["XPENDING", "suo:clicks", "admin", "-", "+", "70"]);
    let ids = ids.lines().filter(|line| line.contains('-'));
    for id in ids {
        redis.command(&[
            "XCLAIM",
            "suo:clicks",
            "admin",
            "dead",
            "0",
            id,
            "IDLE",
            "60000",
        ]);
    }
    let intake = scene.start_intake();
    scene.until_counted(140);
    assert_eq!(scene.look().applied_twice, 0);
    intake.stop();
}

#[test]
fn what_cannot_be_read_is_parked_and_the_rest_is_counted() {
    let scene = Scene::without_relay();
    let link = scene.place.create("a", "https://a.example").id;
    let mut cut = humans(name(1, 2), link, 5);
    cut.segment.truncate(80);
    let mut renamed = humans(name(1, 3), link, 5);
    renamed.name.number = 4;
    for shipment in [&humans(name(1, 1), link, 5), &cut, &renamed] {
        scene.ship(shipment);
    }
    scene.redis.command(&["XADD", "suo:clicks", "*", "a", "b"]);
    let unreadable = scene.look().in_flight.in_stream.unwrap().unreadable;
    assert_eq!(unreadable, 3);
    scene.ship(&humans(name(1, 3), link, 7));
    let intake = scene.start_intake();
    scene.until_counted(12);
    let found = scene.look();
    assert_eq!((found.parked.ever, found.counted.segments), (3, 2));
    wait_until("the metric is right", SOON, || {
        match intake.segments_in_stream().load(Relaxed) {
            0 => Ok(()),
            waiting => Err(waiting),
        }
    });
    intake.stop();
}

#[test]
fn names_are_kept_for_400_days() {
    let scene = Scene::without_relay();
    let rules = Rules::of(TimeZone::UTC);
    let at = |journal, days: i64| {
        let shipments = [humans(name(journal, 1), LinkId(1), 1)];
        let then = Timestamp(NOW.0 - days * DAY);
        count(&*scene.place, &rules, then, &shipments).unwrap();
    };
    at(1, 401);
    at(2, 399);
    assert_eq!(scene.look().counted.journals, 2);
    let clock = std::sync::Arc::new(|| NOW);
    let upkeep = Upkeep::start(scene.place.shared(), &rules, clock).unwrap();
    wait_until("the older one is forgotten", SOON, || {
        match scene.look().counted.journals {
            1 => Ok(()),
            journals => Err(journals),
        }
    });
    upkeep.stop();
    // The other one's name is known: it counts no second time.
    let intake = scene.start_intake();
    scene.ship(&humans(name(2, 1), LinkId(1), 1));
    scene.until_counted(2);
    intake.stop();
}

#[test]
fn keys_of_visitors_are_gone_within_48_hours() {
    let scene = Scene::without_relay();
    let [old, new] = [[1; 16], [2; 16]].map(VisitorKey::new);
    let key = |day: i64, key, hours: i64| {
        let made = Timestamp(NOW.0 - hours * DAY / 24);
        let day = Timestamp(NOW.0 - day * DAY);
        scene.place.visitor_key(day, key, made).unwrap()
    };
    key(1, old, 46);
    key(2, old, 48);
    let rules = Rules::of(TimeZone::UTC);
    let clock = std::sync::Arc::new(|| NOW);
    let upkeep = Upkeep::start(scene.place.shared(), &rules, clock).unwrap();
    wait_until("the older one is forgotten", SOON, || {
        (key(2, new, 0) == new).then_some(()).ok_or("it is kept")
    });
    upkeep.stop();
    assert_eq!(key(1, new, 0), old);
}
