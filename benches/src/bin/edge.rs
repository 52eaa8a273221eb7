//! The edge as it is, on made-up links: `edge ADDRESS [WORKERS [FOLDER]]`. Runs until it is killed.
//! With a folder it counts clicks there, and whatever it ships is taken at once.

use std::{error::Error, net::SocketAddr, num::NonZeroUsize};

use suo_bench::Taken;

use suo_edge::{
    AnswerConfig,
    clicks::{self, Clicks},
    serve::{self, Config, Limits},
    shutdown,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let listen: SocketAddr = arguments.next().ok_or("edge ADDRESS [WORKERS]")?.parse()?;
    let workers: NonZeroUsize = arguments.next().as_deref().unwrap_or("1").parse()?;
    let clicks = arguments.next().map(|folder| {
        let config = clicks::Config {
            folder: folder.into(),
            megabytes: 256,
            workers,
        };
        Clicks::start(&config, Taken::default())
    });
    let clicks = clicks.transpose()?;
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
    let _ = serve::start(&config, &links, &counters, clicks.as_ref(), shutdown)?.join();
    Ok(())
}
