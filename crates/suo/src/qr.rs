//! `suo qr`: codes of pictures, and pictures of codes.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Subcommand, ValueEnum};
use suo_admin::pictures::{self, ReadError, Reader};
use suo_qr::{Code, Design, Level};
use tokio::runtime;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what the QR codes of pictures hold: for each file a line with a JSON array of texts
    Decode {
        /// PNG, JPEG, WebP, GIF or BMP
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a QR code of a text to standard output
    Encode {
        /// What the code holds
        text: String,
        /// What kind of picture
        #[arg(long, value_enum, default_value = "svg")]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    Svg,
    Png,
}

pub(crate) fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Decode { files } => decode(&files),
        Command::Encode { text, format } => encode(&text, format),
    };
    match outcome {
        Ok(code) => code,
        // Who closed the pipe has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// One line a file, in order; the reason for an empty one goes to standard error.
fn decode(files: &[PathBuf]) -> io::Result<ExitCode> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let reader = Reader::new()?;
    let mut output = io::stdout().lock();
    let mut is_all_good = true;
    for file in files {
        let read = content(file).and_then(|bytes| {
            let read = runtime.block_on(reader.read(bytes.into()));
            read.map_err(io::Error::other)
        });
        let texts: Vec<String> = match read {
            Ok(codes) => codes.into_iter().map(|code| code.text).collect(),
            Err(error) => {
                is_all_good = false;
                complain(&format_args!("{}: {error}", file.display()));
                Vec::new()
            }
        };
        serde_json::to_writer(&mut output, &texts)?;
        writeln!(output)?;
        output.flush()?;
    }
    Ok(if is_all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a file holds, or as much of it as shows that it is too large.
fn content(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = pictures::LIMIT as u64 + 1;
    std::fs::File::open(file)?
        .take(most)
        .read_to_end(&mut bytes)?;
    if bytes.len() > pictures::LIMIT {
        return Err(io::Error::other(ReadError::TooLarge));
    }
    Ok(bytes)
}

fn encode(text: &str, format: Format) -> io::Result<ExitCode> {
    let code = Code::new(text, Level::Medium).map_err(io::Error::other)?;
    let design = Design::default();
    let drawn = match format {
        Format::Svg => design.svg(&code).map(String::into_bytes),
        Format::Png => design.png(&code),
    };
    let bytes = drawn.map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    output.write_all(&bytes)?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "there is no log without settings")]
fn complain(what: &dyn std::fmt::Display) {
    eprintln!("suo: {what}");
}
