//! Forms with a picture in them, as browsers and programs send them: `multipart/form-data`
//! (RFC 7578). Names and types of files are ignored: their bytes decide.

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest,
    web::{Bytes, Payload},
};
use futures_util::StreamExt;
use tokio::{
    sync::{OwnedSemaphorePermit, TryAcquireError},
    time::timeout,
};

use super::{LIMIT, ReadError, Reader};
use crate::problem::{Code, Finding, Name, Problem};

/// What fields and boundaries may take beside the picture, in bytes.
const BESIDE: usize = 64 * 1024;

/// How much is read before a form is refused, in bytes: a client that still sends does not see an
/// answer.
const PATIENCE: usize = 16 << 20;

/// How long a form may take to arrive.
const TIME: Duration = Duration::from_secs(120);

/// The unit in which the room for forms is counted, in bytes.
const UNIT: usize = 1024;

/// A form that has arrived. It and all parts of it hold the room for all of it.
pub struct Form {
    fields: Vec<(String, Bytes)>,
}

/// Bytes that arrived, and the room that they take.
struct Arrived {
    body: Vec<u8>,
    _room: Vec<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Arrived {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Form {
    /// Reads a form with one picture of at most [`LIMIT`] bytes.
    ///
    /// # Errors
    /// 413, 415, or 503 if too many are arriving at once.
    pub async fn receive(
        reader: &Reader,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<Self, Problem> {
        let boundary = boundary(request)?;
        let received = timeout(TIME, body(reader, payload)).await;
        let slow = |_| Problem::new(Name::TooLarge, "the form took too long to arrive");
        let body = Bytes::from_owner(received.map_err(slow)??);
        Ok(Self {
            fields: fields(&body, &boundary),
        })
    }

    /// What was sent under this name.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Bytes> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, bytes)| bytes.clone())
    }

    /// The same, if it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        String::from_utf8(self.bytes(name)?.to_vec()).ok()
    }

    /// The picture.
    ///
    /// # Errors
    /// 422 if there is none, 413 if it is too large.
    pub fn picture(&self, name: &str) -> Result<Bytes, Problem> {
        let picture = self.bytes(name).ok_or_else(|| {
            let detail = "send the picture as this field of the form";
            let pointer = format!("/{name}");
            Problem::fields(vec![Finding::new(pointer, Code::Required, detail)])
        })?;
        if picture.len() > LIMIT {
            return Err(ReadError::TooLarge.into());
        }
        Ok(picture)
    }
}

fn boundary(request: &HttpRequest) -> Result<Vec<u8>, Problem> {
    let refused = || {
        let detail = "send a form as multipart/form-data, the picture in its field \"file\"";
        Problem::new(Name::UnsupportedMediaType, detail)
    };
    if !request
        .content_type()
        .eq_ignore_ascii_case("multipart/form-data")
    {
        return Err(refused());
    }
    let header = request.headers().get("content-type");
    let header = header.and_then(|value| value.to_str().ok());
    let mut parameters = header.unwrap_or_default().split(';').skip(1);
    let boundary = parameters.find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary")
            .then_some(value.trim_matches('"'))
    });
    // RFC 2046 gives it 1 to 70 characters.
    let boundary = boundary.filter(|text| (1..=70).contains(&text.len()));
    Ok(boundary.ok_or_else(refused)?.as_bytes().to_vec())
}

async fn body(reader: &Reader, mut payload: Payload) -> Result<Arrived, Problem> {
    let (mut body, mut room, mut seen) = (Vec::new(), Vec::new(), 0);
    let mut refused = None;
    while let Some(chunk) = payload.next().await {
        let broken = |_| Problem::new(Name::NotJson, "the form did not arrive whole");
        let chunk = chunk.map_err(broken)?;
        seen += chunk.len();
        if seen > LIMIT + BESIDE {
            refused = Some(ReadError::TooLarge);
        } else if refused.is_none() {
            match held(reader, seen, &mut room) {
                Ok(()) => body.extend_from_slice(&chunk),
                Err(_) => refused = Some(ReadError::Busy),
            }
        }
        if refused.is_some() {
            (body, room) = (Vec::new(), Vec::new());
            if seen > PATIENCE {
                break;
            }
        }
    }
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(Arrived { body, _room: room }),
    }
}

/// Takes room for `size` bytes in all.
fn held(
    reader: &Reader,
    size: usize,
    room: &mut Vec<OwnedSemaphorePermit>,
) -> Result<(), TryAcquireError> {
    let held: usize = room.iter().map(OwnedSemaphorePermit::num_permits).sum();
    let more = size.div_ceil(UNIT).saturating_sub(held);
    if more == 0 {
        return Ok(());
    }
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    let permit = reader.room().try_acquire_many_owned(more)?;
    match room.first_mut() {
        Some(first) => first.merge(permit),
        None => room.push(permit),
    }
    Ok(())
}

/// Names and contents of a form's fields, in order; what is none is left out.
fn fields(body: &Bytes, boundary: &[u8]) -> Vec<(String, Bytes)> {
    let mark = [b"\r\n--", boundary].concat();
    let mut fields = Vec::new();
    // The first boundary has no line before it.
    let Some(mut at) = find(body, &mark[2..]).map(|place| place + mark.len() - 2) else {
        return fields;
    };
    while let Some(length) = find(&body[at..], &mark) {
        let part = body.slice(at..at + length);
        at += length + mark.len();
        let Some(end) = find(&part, b"\r\n\r\n") else {
            continue;
        };
        if let Some(name) = name(&part[..end]) {
            fields.push((name, part.slice(end + 4..)));
        }
    }
    fields
}

/// What `Content-Disposition` calls a field.
fn name(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let is_it = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        name.eq_ignore_ascii_case("content-disposition")
    };
    let line = head.split("\r\n").find(is_it)?;
    let mut parameters = line.split(';').map(str::trim);
    let name = parameters.find_map(|parameter| parameter.strip_prefix("name="))?;
    Some(name.trim_matches('"').to_owned())
}

/// Where `wanted` begins.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let place = from + rest.iter().position(|byte| *byte == first)?;
        if bytes.get(place..)?.starts_with(wanted) {
            return Some(place);
        }
        from = place + 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::web::Bytes;
    use tokio::sync::Semaphore;

    use super::{Arrived, fields};

    fn found(body: &'static str) -> Vec<(String, String)> {
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        let fields = fields(&Bytes::from_static(body.as_bytes()), b"XX");
        fields
            .into_iter()
            .map(|(name, bytes)| (name, text(bytes)))
            .collect()
    }

    #[test]
    fn fields_are_what_is_between_boundaries() {
        let one = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.png\"\r\n\
                   Content-Type: image/png\r\n\r\na\r\n--X\r\n\r\nb\r\n--XX\r\n\
                   content-disposition: form-data; name=csrf\r\n\r\n\r\n--XX--\r\n";
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(
            found(one),
            [pair("file", "a\r\n--X\r\n\r\nb"), pair("csrf", "")]
        );
    }

    /// A picture may still wait for its turn when nobody waits for the answer any more.
    #[test]
    fn a_part_holds_the_room_for_all() {
        let room = Arc::new(Semaphore::new(10));
        let body = Bytes::from_owner(Arrived {
            body: b"--XX\r\ncontent-disposition: form-data; name=file\r\n\r\na\r\n--XX--".to_vec(),
            _room: vec![room.clone().try_acquire_many_owned(7).unwrap()],
        });
        let picture = fields(&body, b"XX").remove(0).1;
        drop(body);
        assert_eq!((&*picture, room.available_permits()), (&b"a"[..], 3));
        drop(picture);
        assert_eq!(room.available_permits(), 10);
    }

    #[test]
    fn what_is_no_form_has_no_fields() {
        for body in [
            "",
            "--XX",
            "--XX\r\n\r\n",
            "--XX--\r\n",
            "no form",
            "--XX\r\nContent-Disposition: form-data\r\n\r\na\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\ncut off",
        ] {
            assert!(found(body).is_empty(), "{body}");
        }
    }
}
