//! Hosts to which everybody has a good reason to lead, so that the strict limit on links to one host
//! does not hold for them.

use suo_link::destination::{Destination, PrivateTargets};

use crate::settings::{BadSetting, bad};

/// Pages, videos and shops that are passed on all day in China, and the stores of apps. Each shows
/// what its own platform lets be shown; hosts that store anybody's files or lead on to anywhere are
/// not among them, for that is where campaigns go.
const COMMON: [&str; 24] = [
    "mp.weixin.qq.com",
    "v.douyin.com",
    "www.douyin.com",
    "v.kuaishou.com",
    "www.kuaishou.com",
    "xhslink.com",
    "www.xiaohongshu.com",
    "b23.tv",
    "www.bilibili.com",
    "weibo.com",
    "m.weibo.cn",
    "www.zhihu.com",
    "zhuanlan.zhihu.com",
    "www.toutiao.com",
    "m.tb.cn",
    "e.tb.cn",
    "item.taobao.com",
    "detail.tmall.com",
    "item.jd.com",
    "item.m.jd.com",
    "u.jd.com",
    "mobile.yangkeduo.com",
    "apps.apple.com",
    "play.google.com",
];

/// What stands for no host at all.
const NONE: &str = "none";

/// The setting.
const SETTING: &str = "SUO_PUBLIC_COMMON_HOSTS";

/// Such hosts, in their canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonHosts(Box<[String]>);

impl Default for CommonHosts {
    fn default() -> Self {
        Self(COMMON.map(str::to_owned).into())
    }
}

impl CommonHosts {
    /// Reads host names separated by commas; nothing said: our own list, `none`: no host.
    ///
    /// # Errors
    /// The first name that is no host.
    pub fn read(text: &str) -> Result<Self, BadSetting> {
        match text.trim() {
            "" => Ok(Self::default()),
            NONE => Ok(Self(Box::default())),
            list => {
                let names = list.split(',').map(str::trim);
                let names = names.filter(|name| !name.is_empty()).map(host);
                names.collect::<Result<_, _>>().map(Self)
            }
        }
    }

    /// Whether this host, in its canonical form, is one of them.
    pub(super) fn have(&self, host: &str) -> bool {
        self.0.iter().any(|known| known == host)
    }
}

fn host(name: &str) -> Result<String, BadSetting> {
    let not_one = || bad(SETTING, format!("{name:?} is no name of a host"));
    if name.contains(['/', ':', '?', '#', '@', '*']) {
        return Err(not_one());
    }
    let url = format!("https://{name}/");
    let url = Destination::parse(&url, PrivateTargets::Allowed).map_err(|_| not_one())?;
    Ok(url.host().canonical().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{COMMON, CommonHosts, host};

    #[test]
    fn our_own_list_is_in_canonical_form() {
        for name in COMMON {
            assert_eq!(host(name).ok().as_deref(), Some(name));
        }
    }

    #[test]
    fn a_list_takes_the_place_of_ours() {
        let has = |text: &str, host: &str| CommonHosts::read(text).map(|hosts| hosts.have(host));
        assert_eq!(has("", "mp.weixin.qq.com").ok(), Some(true));
        assert_eq!(has("none", "mp.weixin.qq.com").ok(), Some(false));
        let own = "Docs.Example.COM, 例子.测试 ,";
        assert_eq!(has(own, "docs.example.com").ok(), Some(true));
        assert_eq!(has(own, "xn--fsqu00a.xn--0zwm56d").ok(), Some(true));
        // A name stands for itself alone.
        assert_eq!(has(own, "a.docs.example.com").ok(), Some(false));
        assert_eq!(has(own, "mp.weixin.qq.com").ok(), Some(false));
        for wrong in ["https://a.example", "*.example.com", "a.example/x", "a b"] {
            let complaint = CommonHosts::read(wrong).err().map(|bad| bad.to_string());
            let complaint = complaint.unwrap_or_default();
            assert!(
                complaint.starts_with("SUO_PUBLIC_COMMON_HOSTS: "),
                "{wrong}"
            );
        }
    }
}
