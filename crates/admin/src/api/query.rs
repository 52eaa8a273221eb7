//! Query parameters: each known, each at most once.

use actix_web::web::Query;

use crate::problem::{Code, Finding, Problem};

/// What is wrong with a parameter, and what would be right.
pub(super) type Wrong = (Code, String);

/// Gives each parameter to `read`, which says what is wrong with it. An empty one counts as absent: forms
/// send what nobody filled in.
///
/// # Errors
/// Everything that is wrong, at once.
pub(super) fn read_parameters(
    query: &str,
    known: &[&str],
    mut read: impl FnMut(&str, &str) -> Result<(), Wrong>,
) -> Result<(), Problem> {
    let pairs = Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|error| Problem::fields(vec![Finding::new("?", Code::WrongType, error)]))?;
    let mut errors = Vec::new();
    for (place, (name, value)) in pairs.iter().enumerate() {
        let is_again = pairs.iter().take(place).any(|(other, _)| other == name);
        let outcome = if is_again {
            Err((Code::TooMany, "it is given more than once".to_owned()))
        } else if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            Err((Code::UnknownField, format!("there are {known}")))
        } else if value.is_empty() {
            Ok(())
        } else {
            read(name, value)
        };
        if let Err((code, detail)) = outcome {
            errors.push(Finding::new(format!("?{name}"), code, detail));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::fields(errors))
    }
}

/// A number of things, from 1 on.
pub(super) fn limit(value: &str, most: usize) -> Result<usize, Wrong> {
    let limit = value
        .parse()
        .ok()
        .filter(|limit| (1..=most).contains(limit));
    limit.ok_or_else(|| (Code::OutOfRange, format!("a number from 1 to {most}")))
}
