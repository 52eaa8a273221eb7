//! What stands on pages.

use std::ffi::OsString;

use super::{error, text};
use crate::{page::Site, settings::SettingError};

pub(super) fn site(
    name: Option<OsString>,
    contact: Option<OsString>,
    icp: Option<OsString>,
) -> Result<Site, SettingError> {
    let name = text("SUO_SITE_NAME", name)?.unwrap_or_default();
    let contact = text("SUO_SITE_CONTACT", contact)?.unwrap_or_default();
    let icp = text("SUO_SITE_ICP", icp)?.unwrap_or_default();
    Site::new(&name, &contact, &icp).map_err(|bad| error(bad.setting, &bad.to_string()))
}
