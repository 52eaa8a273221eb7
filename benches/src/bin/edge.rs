//! The edge as it is, on made-up links: `edge ADDRESS [WORKERS]`. Runs until it is killed.

use std::{error::Error, net::SocketAddr, num::NonZeroUsize};

use suo_edge::{
    AnswerConfig,
    serve::{self, Config, Limits},
    shutdown,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let listen: SocketAddr = arguments.next().ok_or("edge ADDRESS [WORKERS]")?.parse()?;
    let workers: NonZeroUsize = arguments.next().as_deref().unwrap_or("1").parse()?;
    let background = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let handle = background.handle().clone();
    let (links, counters) = background.block_on(suo_bench::links(handle))?;
    let config = Config {
        listen,
        ops_listen: ([127, 0, 0, 1], 0).into(),
        workers,
        answers: AnswerConfig::default(),
        limits: Limits::default(),
    };
    let (_stop, shutdown) = shutdown::channel();
    let _ = serve::start(&config, &links, &counters, shutdown)?.join();
    Ok(())
}
