//! The page that shows several links that were made, or not.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    guard::Pass,
    home::secret,
    moment,
    page::{self, Frame},
    result::ManageView,
    save::Made,
    visit::Visit,
    words::fill,
};
use crate::{csv, state::State};

#[derive(Template)]
#[template(path = "front/many.html")]
struct Page<'a> {
    frame: Frame<'a>,
    count: String,
    made: usize,
    failed: usize,
    end: String,
    rows: Vec<Row>,
    token: String,
    csv: String,
}

struct Row {
    from: String,
    made: Result<MadeRow, String>,
}

struct MadeRow {
    short_url: String,
    manage: ManageView,
}

/// `rows`: what was typed, and the link, or why there is none.
pub(super) async fn show(
    state: &State,
    visit: &Visit,
    rows: Vec<(String, Result<Made, String>)>,
) -> HttpResponse {
    let Ok(secret) = secret(state).await else {
        return page::down(state, visit);
    };
    let words = visit.tongue.words();
    let pass = Pass::new(visit, &secret);
    let made = rows.iter().filter(|(_, made)| made.is_ok()).count();
    let failed = rows.len() - made;
    let count = [made, failed].map(|count| count.to_string());
    let end = state.front.first_end(state.now()).map_or_else(
        || words.valid_always.to_owned(),
        |end| {
            let end = moment::text(end, &state.front.time_zone, visit.tongue);
            fill(words.valid_until, &[&end])
        },
    );
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(from, made)| row(visit, from, made))
        .collect();
    let page = Page {
        frame: Frame::new(state, visit, words.done_many),
        count: fill(words.made_count, &count.each_ref().map(String::as_str)),
        made,
        failed,
        end,
        csv: rows.iter().map(line).collect(),
        rows,
        token: pass.token.clone(),
    };
    page::respond(StatusCode::OK, &page, Some(pass))
}

fn row(visit: &Visit, from: String, made: Result<Made, String>) -> Row {
    let made = made.map(|made| MadeRow {
        short_url: made.domain.short_url(&made.link.code),
        manage: ManageView::new(visit, &made.address),
    });
    Row { from, made }
}

/// A row as the form for the table carries it.
fn line(row: &Row) -> String {
    let (short, manage, error) = match &row.made {
        Ok(made) => (made.short_url.as_str(), made.manage.url.as_str(), ""),
        Err(error) => ("", "", error.as_str()),
    };
    csv::row(&[&row.from, short, manage, error])
}
