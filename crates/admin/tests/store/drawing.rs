//! Generated codes that are taken are drawn again.

use std::cell::Cell;

use suo_admin::store::Cause;

use super::place::{NOW, Place, created, key, new};

thread_local! {
    static DRAWS: Cell<u8> = const { Cell::new(0) };
}

/// The same code four times, then others. A store draws on its caller's thread.
fn repeating(bytes: &mut [u8]) -> Result<(), Cause> {
    let draw = DRAWS.replace(DRAWS.get() + 1);
    bytes.fill(draw.saturating_sub(3));
    Ok(())
}

/// The first link wins the code; the second draws it three times more, then a longer one.
fn a_code_that_is_taken_again_and_again_gets_longer(place: &Place) {
    let codes = [(); 2].map(|()| created(place.create_as(new(None, "https://a.example"))).code);
    assert_eq!(codes, ["2222222", "33333333"]);
    assert_eq!(place.known(&[key(&codes[1])]).unwrap(), [true]);
}

/// All links of the batch draw the same code; each gets one in the end.
fn links_of_a_batch_draw_again_together(place: &Place) {
    let links = [(); 5].map(|()| new(None, "https://a.example"));
    let creations = place.create_links(&links, NOW, None).unwrap();
    let codes: Vec<_> = creations
        .into_iter()
        .map(|made| created(made).code)
        .collect();
    assert_eq!(codes[0], "2222222");
    assert!(
        codes.iter().all(|code| place.target(code).is_some()),
        "{codes:?}"
    );
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::{Place, repeating};

    #[test]
    fn a_code_that_is_taken_again_and_again_gets_longer() {
        super::a_code_that_is_taken_again_and_again_gets_longer(&Place::postgres_with(repeating));
    }

    #[test]
    fn links_of_a_batch_draw_again_together() {
        super::links_of_a_batch_draw_again_together(&Place::postgres_with(repeating));
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::{Place, repeating};

    #[test]
    fn a_code_that_is_taken_again_and_again_gets_longer() {
        super::a_code_that_is_taken_again_and_again_gets_longer(&Place::sqlite_with(repeating));
    }

    #[test]
    fn links_of_a_batch_draw_again_together() {
        super::links_of_a_batch_draw_again_together(&Place::sqlite_with(repeating));
    }
}
