//! One child, from the parent's side.

use std::{io, path::Path, process::Stdio};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{
    SUBCOMMAND,
    reply::{Job, MAX_REPLY, Reply, prefix},
};

/// A running child; dropping it ends it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Process {
    /// It inherits neither environment nor log: our settings hold secrets.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg(SUBCOMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
        Ok(Self {
            input: child.stdin.take().ok_or_else(closed)?,
            output: child.stdout.take().ok_or_else(closed)?,
            child,
        })
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a picture and waits for what has become of it.
    pub(super) async fn read(&mut self, job: Job, picture: &[u8]) -> io::Result<Reply> {
        self.input.write_all(&prefix(picture.len() + 1)).await?;
        self.input.write_u8(job as u8).await?;
        self.input.write_all(picture).await?;
        self.input.flush().await?;
        let size = self.output.read_u32().await? as usize;
        if size > MAX_REPLY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut reply = vec![0; size];
        self.output.read_exact(&mut reply).await?;
        serde_json::from_slice(&reply).map_err(Into::into)
    }

    /// Ends it now and waits until it has ended.
    pub(super) async fn end(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "cannot end a process that reads pictures");
        }
    }
}
