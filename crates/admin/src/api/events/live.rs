//! `GET /events/live`: answers as they are counted, by server-sent events.

use std::{convert::Infallible, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CACHE_CONTROL,
    web::{Bytes, Data},
};
use futures_util::stream;
use suo_link::id::LinkId;
use tokio::time::{Instant, timeout_at};

use super::{EventBody, are_kept, link};
use crate::{
    api::{failures::Watches, query::read_parameters},
    auth::Reader,
    live::{Heard, MAX_WATCHERS, Watch},
    problem::{Name, Problem},
    state::State,
    store::StoredDomain,
};

/// How long a line is silent at most: proxies cut what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long one connection lasts: after that the key is asked for again.
const LIFE: Duration = Duration::from_secs(3600);

/// What a client hears first, and how long it waits before it comes again, in milliseconds.
const GREETING: &str = "retry: 2000\n: answers follow as they are counted\n\n";

/// Watch answers
///
/// Server-sent events: `click` with an answer as JSON, whatever the outcome; `left_out` with a number, when more
/// came than could be shown. A comment every 15 s. Ends after an hour, and when the admin ends; what came
/// between is in `GET /events`.
#[utoipa::path(
    get,
    path = "/api/v1/events/live",
    tag = "statistics",
    params(("link" = Option<String>, Query, description = "A link's id: its answers alone")),
    responses((status = 200, description = "Answers", body = String, content_type = "text/event-stream"), Watches),
    security(("key" = []))
)]
pub(crate) async fn watch_events(
    request: HttpRequest,
    state: Data<State>,
    _: Reader,
) -> Result<HttpResponse, Problem> {
    are_kept(&state)?;
    let mut only = None;
    read_parameters(request.query_string(), &["link"], |_, value| {
        only = Some(link(value)?);
        Ok(())
    })?;
    let (domains, last) = state
        .ask(|store| Ok((store.domains()?, store.last_event()?)))
        .await?;
    let watch = state.live.watch(last).ok_or_else(|| {
        let detail = format_args!("{MAX_WATCHERS} clients watch already, or the admin is ending")
            .to_string();
        Problem::new(Name::Busy, detail)
    })?;
    let now = Instant::now();
    let client = Client {
        watch,
        only,
        domains,
        begun: now,
        heard: now,
        is_greeted: false,
    };
    let frames = stream::unfold(client, |mut client| async {
        let frame = client.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(frame)), client))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // nginx would wait until it has some kilobytes.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(frames)))
}

struct Client {
    watch: Watch,
    only: Option<LinkId>,
    domains: Vec<StoredDomain>,
    begun: Instant,
    /// When the client heard something.
    heard: Instant,
    is_greeted: bool,
}

impl Client {
    /// What the client hears next; `None`: that was all.
    async fn next(&mut self) -> Option<String> {
        let frame = self.frame().await?;
        self.heard = Instant::now();
        Some(frame)
    }

    async fn frame(&mut self) -> Option<String> {
        if !std::mem::replace(&mut self.is_greeted, true) {
            return Some(GREETING.to_owned());
        }
        loop {
            if self.begun.elapsed() >= LIFE {
                return None;
            }
            let Ok(heard) = timeout_at(self.heard + HEARTBEAT, self.watch.next()).await else {
                return Some(": still here\n\n".to_owned());
            };
            match heard? {
                Heard::LeftOut(count) => {
                    return Some(format!("event: left_out\ndata: {count}\n\n"));
                }
                Heard::Event(event) if self.only.is_none_or(|link| link == event.click.link) => {
                    let body = EventBody::new(&event, &self.domains);
                    let data = serde_json::to_string(&body).unwrap_or_default();
                    return Some(format!("event: click\nid: {}\ndata: {data}\n\n", body.id));
                }
                Heard::Event(_) => {}
            }
        }
    }
}
