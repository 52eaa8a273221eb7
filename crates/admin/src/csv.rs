//! Tables for spreadsheets.

/// So that spreadsheets read the file as UTF-8.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One row (RFC 4180). What a spreadsheet would take for a formula is kept a text.
pub(crate) fn row(fields: &[&str]) -> String {
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
