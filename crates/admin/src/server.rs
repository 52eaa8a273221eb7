//! The admin's HTTP server.

use std::{io, net::TcpListener};

use actix_web::{App, HttpServer, dev::Server, web::Data};

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
            .configure(routes::configure)
    });
    Ok(server
        .workers(WORKERS)
        .shutdown_timeout(DRAIN)
        .disable_signals()
        .listen(listener)?
        .run())
}
