//! The admin's HTTP server.

use std::{io, net::TcpListener};

use actix_web::{
    App, Error, HttpServer,
    body::{self, BodySize, BoxBody, MessageBody},
    dev::{Server, ServiceRequest, ServiceResponse},
    http::Method,
    middleware::{Next, from_fn},
    web::Data,
};

use crate::{routes, state::State};

/// Threads that serve. Handlers wait for the database on threads of their own.
const WORKERS: usize = 2;

/// How long requests under way may take after the end was asked for, in seconds.
const DRAIN: u64 = 10;

/// Serves on `listener` until the server is told to stop. Signals are the caller's.
///
/// # Errors
/// If the listener can't be used.
pub fn run(listener: TcpListener, state: State) -> io::Result<Server> {
    let state = Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(answer_head_as_get))
            .configure(routes::configure)
    });
    Ok(server
        .workers(WORKERS)
        .shutdown_timeout(DRAIN)
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Whoever asks with HEAD hears what GET would say. The connection leaves the body out, but would wait for
/// the end of one that is made bit by bit.
async fn answer_head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        request.head_mut().method = Method::GET;
    }
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(match response.response().body().size() {
        BodySize::Stream if is_head => response.map_body(|_, _| BoxBody::new(body::None::new())),
        _ => response,
    })
}
