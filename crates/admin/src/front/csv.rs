//! `POST /create/links.csv`: the table of links that were just made, as a file.
//!
//! Nothing is kept of what strangers made, so the page sends its own rows back.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS},
    web::{self, Data},
};

use super::{create::is_allowed, form::Form, home, visit::Visit};
use crate::state::State;

/// So that spreadsheets read the file as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

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

/// One row (RFC 4180). What a spreadsheet would take for a formula is kept a text.
pub(super) fn row(fields: &[&str]) -> String {
    let quoted = |field: &&str| {
        let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let apostrophe = if is_formula { "'" } else { "" };
        format!("\"{apostrophe}{}\"", field.replace('"', "\"\""))
    };
    let fields: Vec<String> = fields.iter().map(quoted).collect();
    fields.join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn rows_are_texts_and_never_formulas() {
        assert_eq!(row(&["a,b", "c\"d", ""]), "\"a,b\",\"c\"\"d\",\"\"\r\n");
        assert_eq!(row(&["=1+1"]), "\"'=1+1\"\r\n");
    }
}
