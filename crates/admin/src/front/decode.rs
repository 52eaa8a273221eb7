//! `POST /decode`: from a picture to what its QR codes hold, in the form or as JSON for a script.
//! `?frame` says that it is a frame of a camera, which has a quota of its own.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER},
    },
    web::{Data, Payload},
};
use serde_json::{Value, json};
use suo_link::destination::{Destination, PrivateTargets};

use super::{
    create::is_allowed,
    home::{self, Typed},
    sentences,
    visit::Visit,
    words::{Words, fill},
};
use crate::{
    pictures::{Code, Form, Kind},
    problem::{Name, Problem},
    state::State,
};

/// Fields that a picture may be in: from the camera, from the album.
const FIELDS: [&str; 2] = ["photo", "file"];

/// What was read, for the form.
struct Reading {
    codes: Vec<Code>,
    /// For the box: an address a line.
    text: String,
    /// For the person.
    notes: Vec<String>,
}

/// Why nothing was read.
struct Refusal(StatusCode, &'static str);

impl Refusal {
    /// Why a form did not arrive.
    fn arriving(problem: &Problem, words: &Words) -> Self {
        match problem.name() {
            Name::TooLarge => Self(StatusCode::PAYLOAD_TOO_LARGE, words.e_picture_large),
            Name::Busy => Self(StatusCode::SERVICE_UNAVAILABLE, words.e_busy),
            _ => Self(StatusCode::BAD_REQUEST, words.e_form),
        }
    }
}

/// Reads a picture.
pub(crate) async fn decode(
    state: Data<State>,
    visit: Visit,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    if state.front.opening.is_none() {
        return home::closed(&state, &visit, StatusCode::FORBIDDEN);
    }
    let read = read(&state, &visit, &request, payload).await;
    if visit.wants_json {
        return told(&read);
    }
    match read {
        Ok(reading) => {
            let typed = Typed {
                text: reading.text,
                notes: reading.notes,
                ..Typed::default()
            };
            home::show(&state, &visit, StatusCode::OK, typed).await
        }
        Err(Refusal(status, complaint)) => {
            let typed = Typed {
                errors: vec![complaint.to_owned()],
                ..Typed::default()
            };
            home::show(&state, &visit, status, typed).await
        }
    }
}

async fn read(
    state: &State,
    visit: &Visit,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Reading, Refusal> {
    let is_frame = request
        .query_string()
        .split('&')
        .any(|part| part == "frame");
    let words = visit.tongue.words();
    let now = state.now();
    let quotas = &state.front.quotas;
    let is_free = if is_frame {
        quotas.take_frame(visit.address, now)
    } else {
        quotas.take_picture(visit.address, now)
    };
    if !is_free {
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Err(Refusal(status, words.e_pictures_quota));
    }
    let form = Form::receive(&state.pictures, request, payload).await;
    let form = form.map_err(|problem| Refusal::arriving(&problem, words))?;
    let allowed = is_allowed(state, visit, &form.text("token").unwrap_or_default()).await;
    allowed.map_err(|complaint| Refusal(StatusCode::FORBIDDEN, complaint))?;
    // Without scripts both fields are sent, and one of them is empty.
    let mut pictures = FIELDS.iter().filter_map(|field| form.bytes(field));
    let picture = pictures.find(|picture| !picture.is_empty());
    let no_file = Refusal(StatusCode::UNPROCESSABLE_ENTITY, words.e_no_file);
    let codes = state.pictures.read(picture.ok_or(no_file)?).await;
    let codes = codes.map_err(|error| {
        let status = StatusCode::from_u16(error.name().status());
        Refusal(
            status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
            sentences::picture(error, words),
        )
    })?;
    let own = own_domains(state).await;
    Ok(Reading::new(codes, &own, words))
}

/// None if the database is away: then no code is shown as one of ours.
async fn own_domains(state: &State) -> Vec<String> {
    let domains = state.ask(|store| store.domains()).await.unwrap_or_default();
    let name = |known: &crate::store::StoredDomain| known.domain.name.as_str().to_owned();
    domains.iter().map(name).collect()
}

impl Reading {
    fn new(codes: Vec<Code>, own: &[String], words: &Words) -> Self {
        let mut text = String::new();
        let count = codes.len();
        let mut notes = vec![match count {
            1 => words.read_done.to_owned(),
            _ => fill(words.read_several, &[&count.to_string()]),
        }];
        for (place, code) in codes.iter().enumerate() {
            let address = Destination::parse(&code.text, PrivateTargets::Allowed).ok();
            let address = address.filter(|_| code.text.contains("://"));
            let is_own = address
                .as_ref()
                .is_some_and(|address| own.contains(&address.authority()));
            let about = if is_own {
                words.k_own
            } else {
                about(code.kind, words)
            };
            if address.is_some() {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(code.text.trim());
            }
            if count > 1 {
                let number = (place + 1).to_string();
                notes.push(fill(words.read_each, &[&number, &short(&code.text), about]));
                continue;
            }
            if address.is_none() {
                notes.push(fill(words.read_text, &[&code.text]));
            }
            notes.push(about.to_owned());
        }
        Self { codes, text, notes }
    }
}

/// What a text begins with, where several stand below each other.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    match text.trim().char_indices().nth(MOST) {
        Some((end, _)) => text.trim()[..end].to_owned() + "…",
        None => text.trim().to_owned(),
    }
}

fn about(kind: Kind, words: &Words) -> &'static str {
    match kind {
        Kind::Url => words.k_url,
        Kind::WechatGroup => words.k_wechat_group,
        Kind::WechatPerson => words.k_wechat_person,
        Kind::Wecom => words.k_wecom,
        Kind::MiniProgram => words.k_mini_program,
        Kind::Alipay => words.k_alipay,
        Kind::Payment => words.k_payment,
        Kind::Wifi => words.k_wifi,
        Kind::Vcard => words.k_vcard,
        Kind::Text => words.k_text,
    }
}

fn told(read: &Result<Reading, Refusal>) -> HttpResponse {
    let (status, body) = match read {
        Ok(reading) => {
            let code = |code: &Code| json!({ "text": code.text, "kind": code.kind.as_str() });
            let codes: Vec<Value> = reading.codes.iter().map(code).collect();
            let body = json!({ "codes": codes, "text": reading.text, "notes": reading.notes });
            (StatusCode::OK, body)
        }
        Err(Refusal(status, complaint)) => (*status, json!({ "error": complaint })),
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, "1"));
    }
    response.json(body)
}

#[cfg(test)]
mod tests {
    use super::Reading;
    use crate::{
        front::words::Tongue,
        pictures::{Code, Kind},
    };

    fn reading(texts: &[&str]) -> Reading {
        let code = |text: &&str| Code {
            text: (*text).to_owned(),
            kind: Kind::of(text),
        };
        let own = ["s.example".to_owned()];
        Reading::new(
            texts.iter().map(code).collect(),
            &own,
            Tongue::English.words(),
        )
    }

    #[test]
    fn addresses_go_into_the_box_and_other_texts_are_shown() {
        let read = reading(&["https://a.example/x", "WIFI:S:home;;", "http://b.example"]);
        assert_eq!(read.text, "https://a.example/x\nhttp://b.example");
        assert_eq!(read.notes.len(), 4, "{:?}", read.notes);
        assert_eq!(read.notes[0], "There are 3 QR codes in the picture.");
        assert!(read.notes[2].starts_with("2. WIFI:S:home;;: The name and password"));
        let long = "长".repeat(100);
        let read = reading(&[&long, "b"]);
        assert_eq!(read.notes[1].matches('长').count(), 60);
    }

    #[test]
    fn a_group_is_said_to_expire_and_our_own_links_are_known() {
        let words = Tongue::English.words();
        let group = reading(&["https://weixin.qq.com/g/AwYAAExampleGroupToken"]);
        assert!(group.notes.contains(&words.k_wechat_group.to_owned()));
        let own = reading(&["https://S.example/k7qm2xp/q"]);
        assert!(own.notes.contains(&words.k_own.to_owned()));
    }
}
