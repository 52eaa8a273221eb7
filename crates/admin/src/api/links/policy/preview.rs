//! What chats and networks show for a link.

use suo_link::{
    destination::{Destination, PrivateTargets},
    policy::{MAX_DESCRIPTION, MAX_IMAGE, MAX_TITLE, Preview},
};

use crate::{
    api::{fields::Fields, target},
    problem::{Code, Finding},
};

/// The preview with what is given; `None` if it says nothing.
pub(super) fn overlay(
    fields: &mut Fields<'_>,
    old: Option<Preview>,
    private: PrivateTargets,
    warnings: &mut Vec<Finding>,
) -> Option<Preview> {
    let Some(given) = fields.object("preview") else {
        return old;
    };
    let mut given = given?;
    given.only(&["title", "description", "image"], &[]);
    let mut preview = old.unwrap_or_default();
    if let Some(title) = given.bounded("title", MAX_TITLE) {
        preview.title = title.map(Into::into);
    }
    if let Some(description) = given.bounded("description", MAX_DESCRIPTION) {
        preview.description = description.map(Into::into);
    }
    if let Some(image) = image(&mut given, private, warnings) {
        preview.image = image;
    }
    fields.absorb(given);
    (!preview.is_empty()).then_some(preview)
}

/// Unlike a target, a picture may well lie on a domain of ours.
fn image(
    fields: &mut Fields<'_>,
    private: PrivateTargets,
    warnings: &mut Vec<Finding>,
) -> Option<Option<Box<str>>> {
    let Some(text) = fields.text("image")? else {
        return Some(None);
    };
    match Destination::parse(text, private) {
        Err(error) => fields.refuse("image", target::code(&error), error),
        Ok(image) if image.as_str().len() > MAX_IMAGE => {
            let detail = format!("the URL of a picture has at most {MAX_IMAGE} bytes");
            fields.refuse("image", Code::TooLong, detail);
        }
        Ok(image) => {
            warnings.extend(target::homograph(fields.pointer("image"), &image));
            return Some(Some(image.as_str().into()));
        }
    }
    None
}
