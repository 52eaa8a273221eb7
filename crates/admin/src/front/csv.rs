//! `POST /create/links.csv`: the table of links that were just made, as a file.
//!
//! Nothing is kept of what strangers made, so the page sends its own rows back.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS},
    web::{self, Data},
};

use super::{create::is_allowed, form::Form, home, visit::Visit};
use crate::{
    csv::{BYTE_ORDER_MARK, row},
    state::State,
};

/// The file of a table.
pub(crate) async fn csv(state: Data<State>, visit: Visit, payload: web::Payload) -> HttpResponse {
    let Some(form) = Form::receive(payload).await else {
        return home::back().await;
    };
    if is_allowed(&state, &visit, form.text("token"))
        .await
        .is_err()
    {
        return home::back().await;
    }
    let words = visit.tongue.words();
    let head = row(&[words.table_from, words.table_to, words.manage, ""]);
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"links.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body([BYTE_ORDER_MARK, &head, form.text("rows")].concat())
}
