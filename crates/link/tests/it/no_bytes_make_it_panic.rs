use proptest::prelude::*;
use suo_link::{
    code::{Code, CodeKey},
    destination::{Destination, PrivateTargets},
    domain::{DomainName, Scheme, ShortUrl},
    id::LinkId,
    location,
    rev::Position,
    wire::{
        changes::{Changes, Notice},
        names::Names,
        record::{Record, rev_of},
        sighting::{Answer, Question},
    },
};

proptest! {
    #[test]
    fn readers_of_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200), flip in any::<bool>()) {
        let mut bytes = bytes;
        if flip && !bytes.is_empty() {
            bytes[0] = 1;
        }
        let _ = Record::decode(&bytes);
        let _ = rev_of(&bytes);
        let _ = Changes::decode(&bytes);
        let _ = Notice::decode(&bytes);
        let _ = Question::decode(&bytes);
        let _ = Answer::decode(&bytes);
        let _ = Code::from_random(&bytes);
    }

    #[test]
    fn readers_of_text(text in "\\PC{0,80}", other in any::<String>()) {
        for text in [text, other] {
            let _ = Code::parse(&text);
            let _ = CodeKey::from_segment(&text, false);
            let _ = LinkId::from_public(&text);
            let _ = text.parse::<Position>();
            let _ = DomainName::parse(&text, Scheme::Http);
            let _ = ShortUrl::parse(&text);
            let _ = Names::new("suo").parse_record(&text);
            let _ = location::append(&text, &text);
            let _ = location::replace(&text, &text);
        }
    }

    /// Whatever is accepted is a URL for browsers too, and leads them to the host that was checked.
    #[test]
    fn accepted_targets_lead_where_they_say(
        host in "[a-zA-Z0-9.:_@\\[\\]%\\\\-]{1,20}|[a-zäöü例子。.-]{1,12}",
        tail in "[/?#][ -~äé中\\u{202e}]{0,30}",
    ) {
        let url = format!("https://{host}{tail}");
        if let Ok(accepted) = Destination::parse(&url, PrivateTargets::Refused) {
            prop_assert!(accepted.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            let parsed = url::Url::parse(accepted.as_str()).unwrap();
            let reached = parsed.host_str().unwrap().trim_end_matches('.').to_owned();
            prop_assert_eq!(reached, accepted.host().canonical());
            let again = Destination::parse(accepted.as_str(), PrivateTargets::Refused);
            prop_assert_eq!(again, Ok(accepted));
        }
    }
}
