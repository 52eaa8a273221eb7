//! `suo classify`: what the edge would make of each `User-Agent` on standard input.

use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
};

use suo_link::platform::{Platform, classify};

/// One agent a line in, one JSON object a line out, whatever the line holds.
pub(crate) fn run() -> ExitCode {
    let output = io::BufWriter::new(io::stdout().lock());
    match each_line(io::stdin().lock(), output) {
        Ok(()) => ExitCode::SUCCESS,
        // Who closed the pipe has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[expect(clippy::print_stderr, reason = "there is no log without settings")]
fn failed(error: &io::Error) -> ExitCode {
    eprintln!("suo: {error}");
    ExitCode::FAILURE
}

fn each_line(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? != 0 {
        let agent = line.strip_suffix(b"\n").unwrap_or(&line);
        let agent = agent.strip_suffix(b"\r").unwrap_or(agent);
        write_json(&mut output, classify(agent))?;
        line.clear();
    }
    output.flush()
}

/// Names of the vocabulary need no escaping.
fn write_json(output: &mut impl Write, platform: Platform) -> io::Result<()> {
    let Platform {
        app,
        os,
        device,
        bot_kind,
    } = platform;
    let bot = platform.is_bot();
    write!(
        output,
        r#"{{"app":"{app}","os":"{os}","device":"{device}","bot":{bot},"bot_kind":"#
    )?;
    match bot_kind {
        Some(kind) => writeln!(output, r#""{kind}"}}"#),
        None => writeln!(output, "null}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::each_line;

    fn classified(input: &[u8]) -> String {
        let mut output = Vec::new();
        each_line(input, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn every_line_has_an_answer() {
        let phone = b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54(0x18003632) NetType/WIFI Language/zh_CN\r\n\n\xff\xfe\x00 broken\ncurl/8.14.1";
        let program = r#"{"app":"none","os":"other","device":"other","bot":true,"bot_kind":"#;
        assert_eq!(
            classified(phone),
            format!(
                "{}\n{program}\"crawler\"}}\n{program}\"crawler\"}}\n{program}\"http_library\"}}\n",
                r#"{"app":"wechat","os":"ios","device":"mobile","bot":false,"bot_kind":null}"#,
            )
        );
        assert_eq!(classified(b""), "");
    }
}
