//! A bounded load over loopback: keep-alive connections, so many requests, then it ends.
//!
//! `load [--requests N] [--connections N] [--rounds N] NAME=ADDRESS[,PID] …`
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

const USAGE: &str = "load [--requests N] [--connections N] [--rounds N] NAME=ADDRESS[,PID] …";

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
    targets: Vec<Target>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut plan = plan()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for number in 0..=plan.rounds {
        for target in &mut plan.targets {
            let round = round(&runtime, target, plan.requests, plan.connections)?;
            // The first one warms caches.
            if number > 0 {
                println!("{:>8}  {}", target.name, shown(&round));
                target.rounds.push(round);
            }
        }
    }
    compare(&plan.targets);
    Ok(())
}

fn plan() -> Result<Plan, Box<dyn Error>> {
    let mut plan = Plan {
        requests: 100_000,
        connections: 64,
        rounds: 3,
        targets: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or(USAGE)?.parse().map_err(|_| USAGE);
        match argument.as_str() {
            "--requests" => plan.requests = number()?,
            "--connections" => plan.connections = number()?,
            "--rounds" => plan.rounds = number()?,
            target => plan.targets.push(parse_target(target)?),
        }
    }
    if plan.targets.is_empty() || plan.connections == 0 {
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

fn round(
    runtime: &Runtime,
    target: &Target,
    requests: usize,
    connections: usize,
) -> io::Result<Round> {
    let cpu_before = target.process.map(cpu_time).transpose()?;
    let start = Instant::now();
    let clients: Vec<_> = (0..connections)
        .map(|seed| {
            let share = requests / connections;
            runtime.spawn(client(target.address, seed as u64, share))
        })
        .collect();
    let mut latencies = Vec::with_capacity(requests);
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
async fn client(address: SocketAddr, seed: u64, requests: usize) -> io::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut popularity = Popularity::new(seed);
    let mut latencies = Vec::with_capacity(requests);
    let mut buffer = vec![0; 16 * 1024];
    for _ in 0..requests {
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

/// User and system time of a process, all threads (fields 14 and 15 of proc(5) stat).
fn cpu_time(process: u32) -> io::Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the name, which may hold spaces and parentheses.
    let fields = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).flat_map(str::parse::<u64>).sum();
    let per_second = rustix::param::clock_ticks_per_second();
    Ok(Duration::from_secs_f64(ticks as f64 / per_second as f64))
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

fn compare(targets: &[Target]) {
    let medians = targets.iter().filter_map(|target| {
        let mut costs: Vec<f64> = target.rounds.iter().filter_map(cpu_per_request).collect();
        costs.sort_by(f64::total_cmp);
        Some((&target.name, *costs.get(costs.len() / 2)?))
    });
    let medians: Vec<_> = medians.collect();
    for (name, cost) in &medians {
        println!(
            "{name:>8}  {cost:.2} µs CPU a request, {:.3} × {}",
            cost / medians[0].1,
            medians[0].0
        );
    }
}
