//! Asking admins over HTTP.

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use suo_edge::origin::{
    Origin,
    admin::{Admins, BadAdmins},
    production::Production,
    redis::{Address, Redis},
};
use suo_link::wire::{
    names::Names,
    sighting::{Answer, MAX_QUESTIONS, Question},
};
use suo_testkit::free_port;
use tokio::{net::TcpListener, runtime::Handle};

use crate::knowledge::words::{domains, key, position, record};

const TOKEN: &str = "token";

/// An admin whose every link leads to `https://<code>.example/`.
pub(super) struct Admin {
    pub(super) base: String,
    requests: Arc<AtomicUsize>,
    questions: Arc<AtomicUsize>,
}

impl Admin {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let admin = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            questions: Arc::default(),
        };
        let counts = (Arc::clone(&admin.requests), Arc::clone(&admin.questions));
        tokio::spawn(async move {
            loop {
                let (line, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(TokioIo::new(line), counts.clone()));
            }
        });
        admin
    }
}

type Counts = (Arc<AtomicUsize>, Arc<AtomicUsize>);

fn serve(line: TokioIo<tokio::net::TcpStream>, counts: Counts) -> impl Future<Output = ()> + Send {
    let answer = service_fn(move |request| answer(request, counts.clone()));
    async move {
        // The edge may hang up.
        let _ = http1::Builder::new().serve_connection(line, answer).await;
    }
}

async fn answer(
    request: Request<Incoming>,
    (requests, questions): Counts,
) -> Result<Response<Full<Bytes>>, Infallible> {
    requests.fetch_add(1, SeqCst);
    assert_eq!(request.uri().path(), "/internal/v1/resolve");
    let authorization = request.headers().get(header::AUTHORIZATION).unwrap();
    if authorization != &format!("Bearer {TOKEN}") {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let records = match Question::decode(&body).unwrap() {
        Question::Domains => vec![Some(domains(1, "s.example.com"))],
        Question::Links(keys) => {
            questions.fetch_add(keys.len(), SeqCst);
            assert!(keys.len() <= MAX_QUESTIONS);
            let codes = keys.iter().map(|key| key.code.as_str());
            let target = |code| format!("https://{code}.example/");
            codes.map(|code| Some(record(1, &target(code)))).collect()
        }
    };
    let marker = position(1, 1_000_000);
    let answer = Answer { marker, records };
    Ok(Response::new(Full::from(answer.encode())))
}

/// An origin whose Redis is nowhere.
fn origin(bases: &[String], token: &str) -> Production {
    let background = Handle::current();
    let nowhere = format!("redis://127.0.0.1:{}", free_port());
    let address = Address::parse(&nowhere).unwrap();
    let redis = Redis::new(&address, Names::new("suo"), &background);
    let admins = Admins::new(bases, token, &background).unwrap();
    Production::new(redis, Some(admins))
}

fn nobody() -> String {
    format!("http://{}", SocketAddr::from(([127, 0, 0, 1], free_port())))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_questions_travel_together() {
    let admin = Admin::start().await;
    let origin = origin(std::slice::from_ref(&admin.base), TOKEN);
    let keys: Vec<_> = (0..1200).map(|n| key(&format!("code{n}"))).collect();
    let sightings = join_all(keys.iter().map(|key| origin.resolve(key))).await;
    for (n, sighting) in sightings.into_iter().enumerate() {
        let sighting = sighting.unwrap();
        let expected = record(1, &format!("https://code{n}.example/"));
        assert_eq!(sighting.record, Some(expected));
        assert_eq!(sighting.marker, Some(position(1, 1_000_000)));
    }
    assert_eq!(admin.questions.load(SeqCst), 1200);
    assert!(admin.requests.load(SeqCst) <= 20, "{:?}", admin.requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_are_asked_in_turn() {
    let admin = Admin::start().await;
    let origin = origin(&[nobody(), admin.base.clone()], TOKEN);
    assert!(origin.resolve(&key("a")).await.unwrap().record.is_some());
    assert!(origin.resolve_domains().await.unwrap().record.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_a_reason_and_is_not_told() {
    let admin = Admin::start().await;
    let origin = origin(std::slice::from_ref(&admin.base), "guessed");
    let error = origin.resolve(&key("a")).await.unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
    assert!(!error.to_string().contains("guessed"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_listens() {
    let origin = origin(&[nobody()], TOKEN);
    origin.resolve(&key("a")).await.unwrap_err();
    origin.look_up(&key("a")).await.unwrap_err();
}

#[tokio::test]
async fn admins_that_cannot_be_asked_are_refused() {
    let make = |base: &str, token: &str| {
        let made = Admins::new(&[base.to_owned()], token, &Handle::current());
        made.err()
    };
    for base in ["", "admin", "admin:8080", "ftp://admin", "http://"] {
        assert_eq!(make(base, TOKEN), Some(BadAdmins::Base), "{base}");
    }
    assert_eq!(make("http://admin", "a\nb"), Some(BadAdmins::Token));
    assert_eq!(make("https://admin:8080/", TOKEN), None);
}

pub(super) fn admins(admin: &Admin) -> Admins {
    Admins::new(std::slice::from_ref(&admin.base), TOKEN, &Handle::current()).unwrap()
}
