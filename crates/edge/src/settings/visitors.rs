//! How visitors are answered, and what is believed about them.

use super::{
    Said, SettingError,
    meaning::{error, not, set, text},
};
use crate::{answer, page::Site, proxies::Proxies};

pub(super) fn answers(said: &mut Said) -> Result<answer::Config, SettingError> {
    Ok(answer::Config {
        any_host: any_host(said)?,
        front_page: None,
        site: site(said)?,
        proxies: proxies(said)?,
        geoip: set(said.geoip_db.take()).map(Into::into),
    })
}

fn any_host(said: &mut Said) -> Result<bool, SettingError> {
    const SETTING: &str = "SUO_ANY_HOST";
    match text(SETTING, said.any_host.take())?.as_deref() {
        None | Some("off") => Ok(false),
        Some("on") => Ok(true),
        Some(other) => Err(not(SETTING, other, "on or off")),
    }
}

fn proxies(said: &mut Said) -> Result<Proxies, SettingError> {
    let trusted = text("SUO_TRUSTED_PROXIES", said.trusted_proxies.take())?;
    let protocol = text("SUO_PROXY_PROTOCOL", said.proxy_protocol.take())?;
    let proxies = Proxies::new(&trusted.unwrap_or_default(), &protocol.unwrap_or_default());
    proxies.map_err(|bad| error(bad.setting, &bad.problem))
}

fn site(said: &mut Said) -> Result<Site, SettingError> {
    let name = text("SUO_SITE_NAME", said.site_name.take())?.unwrap_or_default();
    let contact = text("SUO_SITE_CONTACT", said.site_contact.take())?.unwrap_or_default();
    let icp = text("SUO_SITE_ICP", said.site_icp.take())?.unwrap_or_default();
    Site::new(&name, &contact, &icp).map_err(|bad| error(bad.setting, &bad.to_string()))
}
