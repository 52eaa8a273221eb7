//! `POST /links/batch`, again and again.

use std::{
    io,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use e2e::{
    api::{Api, text},
    http::Answer,
    keep_alive::KeepAlive,
};
use serde_json::{Value, json};

use crate::figures::Figures;

/// Links of one call: the most that the API takes.
const BATCH: usize = 10_000;

/// Links announced in one message (DESIGN: batches are announced up to 500 changes a message).
const MESSAGE: usize = 500;

/// Links that are there now.
pub(crate) struct Loaded {
    /// How many.
    pub(super) links: usize,
    answers: Vec<Answer>,
    /// In how many messages edges hear of them.
    pub(super) messages: usize,
    /// When the first call began.
    pub(super) start: Instant,
    /// Until the last answer was read.
    pub(super) took: Duration,
}

/// The target of the link of that number: 71 bytes for six digits.
pub(super) fn target(number: usize) -> String {
    format!("https://www.example.com/campaign/landing?id={number:06}&from=short&lang=zh")
}

/// Makes links with generated codes; prints how quickly.
pub(crate) fn load(api: &Api, links: usize, connections: usize) -> io::Result<Loaded> {
    let bodies = bodies(links);
    let messages = bodies.iter().map(|(count, _)| count.div_ceil(MESSAGE));
    let messages = messages.sum();
    let waiting = Mutex::new(bodies.into_iter());
    let start = Instant::now();
    let answers = thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| client(api, &waiting)))
            .collect();
        let panicked = |_| io::Error::other("a client panicked");
        let answers = clients
            .into_iter()
            .map(|client| client.join().map_err(panicked)?);
        answers.collect::<io::Result<Vec<_>>>()
    })?;
    let took = start.elapsed();
    let (calls, answers) = answers.into_iter().flatten().unzip();
    let rate = links as f64 / took.as_secs_f64();
    println!(
        "  answered: {rate:.0} links a second, {:.2} s in all",
        took.as_secs_f64()
    );
    println!("  a call of {BATCH}: {}", Figures::new(calls));
    Ok(Loaded {
        links,
        answers,
        messages,
        start,
        took,
    })
}

impl Loaded {
    /// The codes of all links. Takes a while: it is left out of what is measured.
    pub(crate) fn codes(&self) -> io::Result<Vec<String>> {
        let mut codes = Vec::with_capacity(self.links);
        for answer in &self.answers {
            codes.extend(created(answer)?);
        }
        Ok(codes)
    }
}

/// How many links, and the body that asks for them.
type Body = (usize, Vec<u8>);

fn bodies(links: usize) -> Vec<Body> {
    let body = |first: usize| {
        let numbers = first..links.min(first + BATCH);
        let count = numbers.len();
        let links: Vec<Value> = numbers.map(|n| json!({ "target": target(n) })).collect();
        (count, json!({ "links": links }).to_string().into_bytes())
    };
    (0..links).step_by(BATCH).map(body).collect()
}

/// One connection: the next body, until there is none.
fn client(
    api: &Api,
    waiting: &Mutex<impl Iterator<Item = Body>>,
) -> io::Result<Vec<(Duration, Answer)>> {
    let mut connection = KeepAlive::open(api.address)?;
    let mut answers = Vec::new();
    while let Some((_, body)) = waiting.lock().ok().and_then(|mut bodies| bodies.next()) {
        let start = Instant::now();
        let answer = api.call_over(&mut connection, "POST", "/links/batch", &body)?;
        answers.push((start.elapsed(), answer));
    }
    Ok(answers)
}

/// The codes of links that were all made.
fn created(answer: &Answer) -> io::Result<Vec<String>> {
    let body = answer.json();
    let results = body["results"].as_array().map_or(&[][..], Vec::as_slice);
    if results.is_empty() || results.iter().any(|result| result["status"] != 201) {
        let start = body.to_string().chars().take(300).collect::<String>();
        return Err(io::Error::other(format!("{}: {start}", answer.status)));
    }
    let code = |result: &Value| text(&result["link"], "code").to_owned();
    Ok(results.iter().map(code).collect())
}
