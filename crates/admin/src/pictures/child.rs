//! The child's side: pictures in from standard input, replies out to standard output.

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use suo_qr::read::{MAX_BYTES, OpenError, Pixels, logo, texts};

use super::{
    limits,
    reply::{Job, Reply, prefix},
};

/// Reads pictures until nobody sends any more.
#[must_use]
pub fn serve() -> ExitCode {
    // What the decoders say when they give up on a picture is of no use to anybody.
    std::panic::set_hook(Box::new(|_| {}));
    if limits::set().is_err() {
        return ExitCode::FAILURE;
    }
    match each(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn each(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    while let Some(message) = next(input)? {
        limits::allow_another()?;
        let job = message.split_first().and_then(|(job, picture)| {
            let job = Job::from_byte(*job)?;
            Some(done(job, picture))
        });
        let reply = job.ok_or(io::ErrorKind::InvalidData)?;
        let reply = serde_json::to_vec(&reply)?;
        drop(message);
        output.write_all(&prefix(reply.len()))?;
        output.write_all(&reply)?;
        output.flush()?;
    }
    Ok(())
}

/// The next job with its picture; nothing if there is none any more.
fn next(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut size = [0; 4];
    match input.read_exact(&mut size) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let size = u32::from_be_bytes(size) as usize;
    if size > MAX_BYTES + 1 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; size];
    input.read_exact(&mut message)?;
    Ok(Some(message))
}

fn done(job: Job, picture: &[u8]) -> Reply {
    // Decoders of pictures panic, too.
    let done = std::panic::catch_unwind(|| {
        let pixels = Pixels::open(picture)?;
        Ok(match job {
            Job::Codes => Reply::Texts(texts(&pixels)),
            Job::Logo => Reply::Logo(logo(&pixels)),
        })
    });
    done.unwrap_or(Err(OpenError::Broken))
        .unwrap_or_else(Reply::from)
}

#[cfg(test)]
mod tests {
    use super::each;

    fn said(input: &[u8]) -> Vec<String> {
        let (mut rest, mut output) = (input, Vec::new());
        let _ = each(&mut rest, &mut output);
        let mut replies = Vec::new();
        let mut rest = &output[..];
        while let Some((size, after)) = rest.split_first_chunk::<4>() {
            let (reply, after) = after.split_at(u32::from_be_bytes(*size) as usize);
            replies.push(String::from_utf8(reply.to_vec()).unwrap());
            rest = after;
        }
        replies
    }

    #[test]
    fn each_picture_has_a_reply() {
        assert_eq!(said(b""), [""; 0]);
        let two = b"\0\0\0\x03\0ab\0\0\0\x01\x01";
        assert_eq!(said(two), ["\"NotAPicture\""; 2]);
        let code = suo_qr::Code::new("text", suo_qr::Level::Low).unwrap();
        let file = suo_qr::Picture::default().png(&code);
        let sent = [&super::prefix(file.len() + 1)[..], &[0], &file].concat();
        assert_eq!(said(&sent), [r#"{"Texts":["text"]}"#]);
    }

    #[test]
    fn nothing_is_made_of_what_is_no_message() {
        assert_eq!(said(b"\xff\xff\xff\xff"), [""; 0]);
        assert_eq!(said(b"\0\0\0\x05abc"), [""; 0]);
        assert_eq!(said(b"\0\0\0\0"), [""; 0]);
        assert_eq!(said(b"\0\0\0\x02\x02a"), [""; 0]);
    }
}
