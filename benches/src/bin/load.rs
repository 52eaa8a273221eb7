//! A bounded load over loopback: keep-alive connections, so many requests, then it ends.
//!
//! `load [--requests N] [--connections N] [--rounds N] [--rate N] NAME=ADDRESS[,PID] …`
//!
//! With a rate, so many requests are sent a second, whether or not the target could answer more: a target that
//! is a little slower then has the same work to do at the same moments. Without, each connection sends as soon as it
//! was answered.
//!
//! Targets are loaded in turn, round by round. With a process id, the CPU time that the process
//! took for a request is printed too, and how the targets compare with the first.
#![expect(clippy::print_stdout, reason = "it reports to whoever called it")]

use std::{
    error::Error,
    fs, io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use suo_bench::{HOST, Popularity, code};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{self, Runtime},
};

const USAGE: &str =
    "load [--requests N] [--connections N] [--rounds N] [--rate N] NAME=ADDRESS[,PID] …";

/// Different User-Agents.
const AGENTS: u64 = 1000;

/// One round on one target.
struct Round {
    requests: usize,
    elapsed: Duration,
    /// Sorted.
    latencies: Vec<Duration>,
    cpu: Option<Duration>,
}

struct Target {
    name: String,
    address: SocketAddr,
    process: Option<u32>,
    rounds: Vec<Round>,
}

struct Plan {
    requests: usize,
    connections: usize,
    rounds: usize,
    /// Requests a second; `None`: as many as are answered.
    rate: Option<usize>,
    targets: Vec<Target>,
}

/// When a connection sends: first, and how long after that each time.
#[derive(Clone, Copy)]
struct Pace {
    first: Instant,
    then: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut plan = plan()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut targets = std::mem::take(&mut plan.targets);
    for number in 0..=plan.rounds {
        for target in &mut targets {
            let round = round(&runtime, target, &plan)?;
            // The first one warms caches.
            if number > 0 {
                println!("{:>8}  {}", target.name, shown(&round));
                target.rounds.push(round);
            }
        }
    }
    compare(&targets);
    Ok(())
}

fn plan() -> Result<Plan, Box<dyn Error>> {
    let mut plan = Plan {
        requests: 100_000,
        connections: 64,
        rounds: 3,
        rate: None,
        targets: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or(USAGE)?.parse().map_err(|_| USAGE);
        match argument.as_str() {
            "--requests" => plan.requests = number()?,
            "--connections" => plan.connections = number()?,
            "--rounds" => plan.rounds = number()?,
            "--rate" => plan.rate = Some(number()?),
            target => plan.targets.push(parse_target(target)?),
        }
    }
    if plan.targets.is_empty() || plan.connections == 0 || plan.rate == Some(0) {
        return Err(USAGE.into());
    }
    Ok(plan)
}

fn parse_target(text: &str) -> Result<Target, Box<dyn Error>> {
    let (name, place) = text.split_once('=').ok_or(USAGE)?;
    let (address, process) = match place.split_once(',') {
        Some((address, process)) => (address, Some(process.parse()?)),
        None => (place, None),
    };
    Ok(Target {
        name: name.to_owned(),
        address: address.parse()?,
        process,
        rounds: Vec::new(),
    })
}

fn round(runtime: &Runtime, target: &Target, plan: &Plan) -> io::Result<Round> {
    let cpu_before = target.process.map(cpu_time).transpose()?;
    let start = Instant::now();
    let clients: Vec<_> = (0..plan.connections)
        .map(|seed| {
            let share = plan.requests / plan.connections;
            let pace = plan.rate.map(|rate| {
                let apart = Duration::from_secs(1) / rate as u32;
                Pace {
                    first: start + apart * seed as u32,
                    then: apart * plan.connections as u32,
                }
            });
            runtime.spawn(client(target.address, seed as u64, share, pace))
        })
        .collect();
    let mut latencies = Vec::with_capacity(plan.requests);
    for client in clients {
        latencies.extend(runtime.block_on(client).map_err(io::Error::other)??);
    }
    let elapsed = start.elapsed();
    let cpu_after = target.process.map(cpu_time).transpose()?;
    latencies.sort_unstable();
    Ok(Round {
        requests: latencies.len(),
        elapsed,
        latencies,
        cpu: cpu_after
            .zip(cpu_before)
            .map(|(after, before)| after.saturating_sub(before)),
    })
}

/// One connection; the latency of each request.
async fn client(
    address: SocketAddr,
    seed: u64,
    requests: usize,
    pace: Option<Pace>,
) -> io::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut popularity = Popularity::new(seed);
    let mut latencies = Vec::with_capacity(requests);
    let mut buffer = vec![0; 16 * 1024];
    for number in 0..requests {
        if let Some(pace) = pace {
            tokio::time::sleep_until((pace.first + pace.then * number as u32).into()).await;
        }
        let request = head(&mut popularity);
        let start = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        read_redirect(&mut stream, &mut buffer).await?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}

/// What a browser in an app sends.
fn head(popularity: &mut Popularity) -> String {
    let code = code(popularity.draw());
    let build = popularity.even() % AGENTS;
    format!(
        "GET /{code} HTTP/1.1\r\n\
         Host: {HOST}\r\n\
         Connection: keep-alive\r\n\
         Upgrade-Insecure-Requests: 1\r\n\
         User-Agent: Mozilla/5.0 (Linux; Android 14; V2307A Build/UP1A.{build:06}) AppleWebKit/537.36 \
         (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.{build} Mobile Safari/537.36 XWEB/1300 \
         MMWEBSDK/20240802 MicroMessenger/8.0.{build} WeChat/arm64\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
         Accept-Encoding: gzip, deflate\r\n\
         Accept-Language: zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7\r\n\r\n"
    )
}

/// Reads a response that has no body; anything but a 302 is an error.
async fn read_redirect(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    let mut length = 0;
    while !buffer[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer[length..]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => length += read,
        }
    }
    if buffer.starts_with(b"HTTP/1.1 302") {
        Ok(())
    } else {
        let line = buffer[..length].split(|byte| *byte == b'\r').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
        Err(io::Error::other(format!("not a 302: {line}")))
    }
}

/// What the threads of a process have run, in the kernel too (first field of `schedstat`, nanoseconds).
fn cpu_time(process: u32) -> io::Result<Duration> {
    let mut nanos = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let field = text.split_whitespace().next().unwrap_or_default();
        nanos += field.parse::<u64>().map_err(io::Error::other)?;
    }
    Ok(Duration::from_nanos(nanos))
}

fn shown(round: &Round) -> String {
    let at = |percent: usize| {
        let place = round.latencies.len().saturating_sub(1) * percent / 100;
        round.latencies.get(place).copied().unwrap_or_default()
    };
    let rate = round.requests as f64 / round.elapsed.as_secs_f64();
    let cpu = cpu_per_request(round).map_or(String::new(), |cpu| format!("  CPU {cpu:.2} µs"));
    format!(
        "{rate:>8.0}/s  median {:?}  p90 {:?}  p99 {:?}{cpu}",
        at(50),
        at(90),
        at(99)
    )
}

/// Microseconds.
fn cpu_per_request(round: &Round) -> Option<f64> {
    Some(round.cpu?.as_secs_f64() * 1e6 / round.requests as f64)
}

/// What a request costs each target, and how often the first one's cost that is, both in the middle of all rounds.
/// Rounds are compared one by one: what disturbs one of them disturbs its neighbours as well.
fn compare(targets: &[Target]) {
    let Some(first) = targets.first() else { return };
    for target in targets {
        let pairs = target.rounds.iter().zip(&first.rounds);
        let costs = target.rounds.iter().filter_map(cpu_per_request);
        let ratios =
            pairs.filter_map(|(one, other)| Some(cpu_per_request(one)? / cpu_per_request(other)?));
        if let (Some(cost), Some(ratio)) = (median(costs), median(ratios)) {
            let (name, first) = (&target.name, &first.name);
            println!("{name:>8}  {cost:.2} µs CPU a request, {ratio:.3} × {first}");
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
