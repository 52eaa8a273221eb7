//! The least that an edge made of hyper can cost: a constant 302, one current-thread runtime and
//! one SO_REUSEPORT listener a worker. `floor ADDRESS [WORKERS]`. Runs until it is killed.

use std::{
    convert::Infallible,
    error::Error,
    io,
    net::{SocketAddr, TcpListener},
    thread,
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use socket2::{Domain, Socket, Type};
use tokio::{net::TcpStream, runtime, task::spawn_local};

const LOCATION: HeaderValue =
    HeaderValue::from_static("https://www.example.com/campaign/landing?id=123456&from=short");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address: SocketAddr = arguments.next().ok_or("floor ADDRESS [WORKERS]")?.parse()?;
    let workers: usize = arguments.next().as_deref().unwrap_or("1").parse()?;
    let listeners = (0..workers).map(|_| listen(address));
    let listeners: Vec<_> = listeners.collect::<Result<_, _>>()?;
    let threads = listeners
        .into_iter()
        .map(|listener| thread::spawn(|| work(listener)));
    for thread in threads.collect::<Vec<_>>() {
        thread.join().map_err(|_| "a worker died")??;
    }
    Ok(())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn work(listener: TcpListener) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(runtime::LocalOptions::default())?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            spawn_local(serve(stream));
        }
    })
}

async fn serve(stream: TcpStream) {
    let mut http = http1::Builder::new();
    http.header_read_timeout(None);
    // A client that hangs up is no error here.
    let _ = http
        .serve_connection(TokioIo::new(stream), service_fn(answer))
        .await;
}

async fn answer(_request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, LOCATION);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, NO_STORE);
    Ok(response)
}
