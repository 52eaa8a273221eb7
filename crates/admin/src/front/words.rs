//! Everything that the front page says, in Chinese and in English.

use suo_link::visitor::language;

/// Declares the table: each key with its Chinese and its English text, so that neither can lack one.
macro_rules! words {
    ($($key:ident: $zh:literal, $en:literal;)+) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(super) struct Words {
            $(pub(super) $key: &'static str,)+
        }

        const ZH: Words = Words { $($key: $zh,)+ };
        const EN: Words = Words { $($key: $en,)+ };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $zh, $en),)+];
    };
}

words! {
    title: "生成短链接", "Make a short link";
    about: "粘贴一个网址，得到短链接和二维码。", "Paste an address, get a short link and its QR code.";
    honest: "在微信、QQ 里：默认直接跳转；也可以先显示一页说明，教访客用浏览器打开。本站不绕过任何拦截。",
        "In WeChat and QQ: visitors are sent on directly, or first see a page that tells them how to open the link in their browser. Nothing here gets around a block.";
    box_label: "网址", "Address";
    box_hint: "粘贴链接或整段分享文字", "Paste a link, or the whole text you shared";
    box_more: "一行一个网址可批量生成，最多 100 行。", "One address a line makes several, at most 100.";
    make: "生成短链接", "Shorten";
    working: "正在处理…", "Working…";
    scan: "扫码", "Scan";
    upload: "上传", "Upload";
    scan_file: "拍摄二维码", "Take a picture of a QR code";
    upload_file: "上传二维码图片", "Upload a picture of a QR code";
    read: "识别图片中的二维码", "Read the QR code in the picture";
    camera: "摄像头画面", "What the camera sees";
    camera_stop: "停止扫码", "Stop scanning";
    camera_local: "在本机识别，画面不会上传。", "Read on this device; no picture is sent.";
    camera_sent: "此浏览器不能在本机识别：每秒最多发送 2 张缩小的黑白画面到本站识别，不保存。",
        "This browser cannot read codes itself: up to 2 small grey frames a second are sent to this site to be read, and not kept.";
    camera_none: "无法使用摄像头，请改用“上传”。", "The camera cannot be used. Please use Upload.";
    camera_over: "30 秒内没有读到二维码，请靠近些再试，或上传图片。",
        "No code was read within 30 seconds. Move closer and try again, or upload a picture.";
    making: "正在生成 {} / {}…", "Making {} of {}…";
    progress: "进度", "Progress";
    sending: "正在上传", "Uploading";
    reading: "正在识别…", "Reading…";
    recent: "最近生成", "Recent links";
    recent_note: "仅保存在此浏览器中", "Kept in this browser only";
    forget: "清除记录", "Forget them";
    network: "网络连接失败，请重试。", "The network failed. Please try again.";

    scope: "适用：", "For: ";
    scope_note: "这些选项只决定访客看到什么，不能让违规内容免于被微信或 QQ 拦截。",
        "These choices only decide what visitors see. They do not keep WeChat or QQ from blocking content that breaks their rules.";
    any: "不限", "everybody";
    any_about: "任何 App、任何系统都直接打开。", "Every app and every system is sent on directly.";
    groups: "微信/QQ 群", "WeChat and QQ groups";
    groups_about: "在微信和 QQ 里先显示一页说明：怎样用浏览器打开。",
        "In WeChat and QQ a page first tells visitors how to open the link in their browser.";
    guided: "所有 App 引导到浏览器", "All apps, to the browser";
    guided_about: "在任何 App 里都先显示这页说明。", "The same page, in every app.";
    wechat_only: "仅微信", "WeChat only";
    wechat_only_about: "只能在微信、企业微信里打开；别处显示一页说明和二维码。",
        "Opens only in WeChat and WeCom. Elsewhere visitors see why, and a QR code.";
    phones: "仅手机", "Phones only";
    phones_about: "只能在苹果、安卓、鸿蒙设备上打开。", "Opens only on iOS, Android and HarmonyOS.";
    download: "App 下载", "App download";
    download_about: "按设备去往不同的下载地址；其他设备去往上面的网址。",
        "Each device is sent to its own download; all others to the address above.";
    own: "自选", "My own choice";
    own_about: "在下面勾选。", "Tick what you want below.";
    download_ios: "苹果（App Store）", "iPhone and iPad (App Store)";
    download_android_wechat: "安卓/鸿蒙，在微信里（应用宝等微信能打开的页面）",
        "Android and HarmonyOS in WeChat (a page that WeChat opens)";
    download_android: "安卓/鸿蒙，在浏览器里（安装包或应用市场）", "Android and HarmonyOS in a browser (file or store)";
    guide_boxes: "在这些 App 里先显示“用浏览器打开”的说明", "Show how to open it in a browser, in these apps";
    allow_boxes: "只允许这些 App 打开（都不选＝不限）", "Only these apps may open it (none ticked: all)";
    system_boxes: "只允许这些系统打开（都不选＝不限）", "Only these systems may open it (none ticked: all)";
    all_apps: "所有 App", "All apps";
    browsers: "浏览器", "Browsers";
    more: "更多", "More";
    apple: "苹果（iPhone、iPad）", "iPhone and iPad";
    android: "安卓/鸿蒙", "Android and HarmonyOS";
    computer: "电脑", "Computers";
    other: "其他", "Others";

    done: "短链接已生成", "Your short link";
    done_many: "批量生成结果", "Your short links";
    taken: "已从文字中取出链接：", "Taken from the text: ";
    leads: "前往", "Leads to";
    copy: "复制", "Copy";
    copied: "已复制", "Copied";
    not_copied: "未能复制，请长按选中后手动复制。", "Not copied. Press and hold to select it.";
    valid_until: "有效期至 {}，印刷前请改长期。", "Valid until {}. Make it last before you print it.";
    valid_no_more: "已于 {} 过期：访客会看到“短链接已过期”。", "Expired on {}: visitors are told so.";
    valid_always: "长期有效。", "It does not expire.";
    qr_alt: "短链接 {} 的二维码", "QR code of the short link {}";
    qr_press: "长按图片保存。", "Press and hold the picture to save it.";
    qr_png: "下载 PNG", "Download PNG";
    qr_svg: "下载 SVG（印刷）", "Download SVG (for print)";
    in_wechat: "在微信里会怎样", "What happens in WeChat";
    outcome_direct: "直接打开 {}", "Opens {} directly";
    outcome_guide: "先看到一页说明：怎样用浏览器打开 {}", "First see how to open {} in their browser";
    outcome_it: "链接", "it";
    outcome_elsewhere: "看到“请在浏览器中打开”，以及怎样打开", "See that it opens in a browser, and how";
    outcome_denied: "看到“此处不能打开该链接”，以及可以在哪里打开",
        "See that it does not open here, and where it does";
    outcome_stopped: "看到链接已暂停、停用或过期", "See that the link is paused, disabled or expired";
    page_guide: "请在浏览器中打开", "Open this link in your browser";
    page_leads: "此链接前往：{}", "This link leads to: {}";
    page_protected: "受密码保护的链接", "Protected link";
    page_menu: "点右上角的菜单 ⋯", "Tap the menu at the top right ⋯";
    page_denied: "此处不能打开该链接", "This link does not open here";
    page_apps: "只能在这些应用中打开：{}", "It opens only in: {}";
    page_systems: "只能在这些系统上打开：{}", "It opens only on: {}";
    page_browser: "请改用浏览器打开。", "Please open it in your browser.";
    page_how: "复制下面的链接，发到上述应用或设备中打开。",
        "Copy the link below and open it in one of these apps or on such a device.";
    page_wechat: "用微信扫一扫；或长按图片，转发到微信后识别。",
        "Scan it with WeChat; or save the picture and open it in WeChat.";
    page_browsers: "浏览器", "browsers";
    page_other_apps: "其他应用", "other apps";
    on_iphone: "（苹果）", " on iPhone";
    on_android: "（安卓）", " on Android";
    phone_browser_ios: "苹果手机浏览器", "a browser on iPhone";
    phone_browser_android: "安卓手机浏览器", "a browser on Android";
    computer_browser: "电脑浏览器", "a browser on a computer";
    separator: "、", ", ";
    manage: "管理链接", "Manage link";
    manage_warn: "仅自己保存，勿转发。", "Keep it to yourself. Do not pass it on.";
    manage_about: "凭它可以查看访问次数、修改去向和适用范围、延长有效期或删除，无需账号。丢失后无法找回。",
        "Whoever has it can see how often the link was followed, change where it leads and for whom, make it last or delete it, without an account. It cannot be recovered.";
    again: "再生成一个", "Make another";
    hint: "建议", "Suggestion";
    hint_file: "安装包在微信、QQ、微博、抖音里无法直接下载，建议在这些 App 里先显示“用浏览器打开”的说明。",
        "WeChat, QQ, Weibo and Douyin do not download app files. Show visitors there how to open the link in their browser.";
    hint_shop: "淘宝、天猫的链接在微信和 QQ 里通常打不开，建议在那里先显示“用浏览器打开”的说明。",
        "WeChat and QQ mostly do not open Taobao and Tmall. Show visitors there how to open the link in their browser.";
    hint_do: "照此设置", "Do that";
    homograph: "请核对：这个域名含有容易混淆的字母，实际是 {}。", "Please check: this name has look-alike letters. It really is {}.";
    table_from: "原网址", "Address";
    table_to: "短链接", "Short link";
    table_manage: "管理", "Manage";
    csv: "下载 CSV（含管理链接）", "Download CSV (with manage links)";
    all_links: "全部短链接", "All short links";
    all_about: "长按或全选后复制。", "Select them to copy.";
    copy_all: "复制全部", "Copy all";
    keep_manage: "“管理”里的链接仅自己保存，勿转发。", "Keep the manage links to yourself.";
    made_count: "成功 {}，失败 {}。", "Made {}, failed {}.";

    manage_title: "管理短链接", "Manage a short link";
    counts: "访问次数", "Visits";
    counts_people: "次真人访问", "visits by people";
    counts_scans: "其中扫码 {} 次", "{} of them by QR code";
    counts_preview: "聊天和社交平台抓取预览", "Previews for chats and social networks";
    counts_crawler: "爬虫等程序", "Crawlers and other programs";
    counts_prefetch: "浏览器预先加载", "Loaded ahead by browsers";
    counts_about: "只计前往目标的次数，通常在一两秒内更新。",
        "Only visits that were sent on count. Numbers are a second or two behind.";
    edit: "修改", "Change it";
    more_rules: "此链接还有在本页设置不了的规则，这里不作改动。",
        "This link has rules that this page cannot show. They stay as they are.";
    danger: "更换或删除", "Replace or delete";
    target: "去向网址", "Address it leads to";
    end: "有效期", "How long it lasts";
    end_keep: "不改（{}）", "Leave it ({})";
    end_none: "长期", "for good";
    end_30: "从现在起 30 天", "30 days from now";
    end_180: "从现在起 180 天", "180 days from now";
    end_365: "从现在起 1 年", "1 year from now";
    save: "保存", "Save";
    saved: "已保存。", "Saved.";
    delete: "删除短链接", "Delete the short link";
    delete_sure: "我确定要删除，此操作不可撤销。", "I am sure. This cannot be undone.";
    delete_unsure: "请先勾选确认。", "Please tick the box first.";
    deleted_title: "短链接已删除", "The short link is deleted";
    deleted: "打开它的人会看到“短链接不存在”。", "Whoever opens it is told that it does not exist.";
    renew: "更换管理链接", "Replace the manage link";
    renew_about: "如果它可能被别人看到：换一个新的，旧的立即失效。",
        "If others may have seen it: take a new one, and this one is worth nothing from then on.";
    renewed: "这是新的管理链接，旧的已失效。请保存。", "This is the new manage link; the old one is worth nothing. Keep it.";
    no_manage_title: "管理链接无效", "This manage link is not valid";
    no_manage: "它不完整、已被更换，或短链接已删除。", "It is incomplete, was replaced, or the short link is deleted.";
    status_banned: "本站已停用此链接。", "This site has disabled this link.";
    status_paused: "链接已暂停。", "The link is paused.";
    banned_fixed: "本站已停用此链接，不能再修改或删除。", "This site has disabled this link: it can no longer be changed or deleted.";

    nowhere_title: "没有这个页面", "There is no such page";
    nowhere: "请检查地址是否完整。", "Please check that the address is complete.";
    method_title: "这里不能这样访问", "This is not how it works here";
    method: "请从首页重新开始。", "Please begin again at the front page.";
    closed_title: "本站不公开生成短链接", "Short links are not open to the public here";
    closed: "请向本站管理员索取。", "Please ask whoever runs this site.";
    closed_contact: "联系管理员：", "Contact: ";
    for_developers: "API 文档", "API reference";
    front_page: "返回首页", "Back to the front page";
    language: "English", "中文";
    skip: "跳到正文", "Skip to the content";
    site_contact: "联系：", "Contact: ";

    error_title: "请看一下", "Please have a look";
    e_empty: "请先粘贴一个网址。", "Please paste an address first.";
    e_no_link: "这段文字里没有找到 http:// 或 https:// 开头的链接。", "There is no link in this text that begins with http:// or https://.";
    e_several: "这段文字里有 {} 个不同的链接。请只留一个，或一行放一个。", "There are {} different links in this text. Keep one, or put each on a line of its own.";
    e_too_many_lines: "一次最多 100 行，请分几次提交。", "At most 100 lines at once. Please send them in parts.";
    e_cut: "“{}” 不是完整的网址，可能被空格或换行断开了。请去掉它们再试。", "“{}” is not a whole address. It may be cut by a space or a line break: please remove them.";
    e_too_long: "网址太长了（最多 8192 字节）。", "This address is too long (8192 bytes at most).";
    e_control: "网址中间有换行、制表符等看不见的字符，请删除后重试。", "There are line breaks or other invisible characters inside this address. Please remove them.";
    e_not_url: "这不是完整的网址。请写成 https://域名/… 的形式。", "This is not a whole address. Write it like https://name.com/…";
    e_scheme: "只支持 http:// 和 https:// 开头的网址，不支持 {}:", "Only addresses that begin with http:// or https:// can be shortened, not {}:";
    e_backslash: "网址里有反斜杠 \\，请改成 /。", "There is a backslash \\ in this address. Write / instead.";
    e_credentials: "网址里 @ 前面带有用户名或密码，请去掉（有人用它冒充别的网站）。", "There is a user name or password before the @ in this address. Please remove it; it is used to imitate other sites.";
    e_no_host: "网址里缺少域名。请写成 https://域名/… 的形式。", "This address has no name of a site. Write it like https://name.com/…";
    e_host: "网址里的域名不正确，请检查。", "The name of the site in this address is not right. Please check it.";
    e_port: "冒号后面的端口号不正确，应是 1 到 65535。", "The port after the colon is not right. It is a number from 1 to 65535.";
    e_private: "这是本机或内网地址，别人打不开。", "This is an address of a private network. Nobody else could open it.";
    e_own: "这已经是本站的短链接，再缩短会形成循环。", "This is a short link of this site already. Shortening it again would lead in a circle.";
    e_download: "请至少填写一个下载地址。", "Please fill in at least one download.";
    e_download_at: "{}：{}", "{}: {}";
    e_unsatisfiable: "按这样的选择，没有人能打开这个链接：允许的 App 都会被引导到浏览器，而浏览器不在允许之列。", "With this choice nobody could open the link: every app that may open it is sent to a browser, and browsers may not.";
    e_choice: "选项中有本站不认识的内容，请重新选择。", "Something in your choice is not known here. Please choose again.";
    e_field: "填写的内容不正确，请检查。", "Something is not right. Please check it.";
    e_address_quota: "你所在的网络刚才生成得太多了，请几分钟后再试。", "Your network has made too many links just now. Please try again in a few minutes.";
    e_host_quota: "前往 {} 的短链接刚才生成得太多了，请稍后再试，或联系本站。", "Too many links to {} have been made just now. Please try again later, or contact this site.";
    e_pictures_quota: "你所在的网络刚才识别了太多图片，请几分钟后再试。", "Your network has had too many pictures read just now. Please try again in a few minutes.";
    e_foreign: "请求来自别的网站，没有执行。请在本页重新提交。", "This request came from another site and was not carried out. Please send it from this page.";
    e_token: "页面已过期，或浏览器禁用了 Cookie。内容还在，请再按一次按钮；如仍不行，请允许本站使用 Cookie。", "This page was too old, or cookies are off. Nothing is lost: press the button again. If that does not help, allow cookies for this site.";
    e_form: "提交的内容太大，或没有传完。", "What was sent is too large, or broke off.";
    e_in_work: "刚才那次提交还在处理，请稍等几秒再按一次。", "The first time you sent this is still being worked on. Wait a few seconds and press again.";
    e_down: "暂时无法保存，请稍后再试。内容还在。", "It cannot be saved at the moment. Please try again soon; nothing is lost.";
    e_domain: "本站尚未配置好公开域名，请联系管理员。", "The public domain of this site is not set up. Please contact whoever runs it.";
    e_no_file: "请先选择一张图片。", "Please choose a picture first.";
    e_not_picture: "这不是图片。支持 PNG、JPEG、WebP、GIF、BMP。", "This is not a picture. PNG, JPEG, WebP, GIF and BMP are read.";
    e_picture_large: "图片太大（最多 8 MB、4000 万像素）。", "This picture is too large (8 MB and 40 million pixels at most).";
    e_no_code: "图片里没有找到二维码。请换一张清晰、只含二维码的图片。", "No QR code was found. Try a sharper picture, or one that shows the code alone.";
    e_hard: "这张图片太难识别，请裁剪到只剩二维码再试。", "This picture is too hard to read. Cut it down to the code and try again.";
    e_busy: "识别的人太多，请稍等片刻再试。", "Many pictures are being read. Please try again in a moment.";

    read_text: "内容：{}", "It says: {}";
    read_done: "已识别二维码。", "The QR code was read.";
    read_several: "图片里有 {} 个二维码。", "There are {} QR codes in the picture.";
    read_each: "{}. {}：{}", "{}. {}: {}";
    k_url: "网址，可以生成短链接。", "A web address. It can be shortened.";
    k_wechat_group: "微信群邀请：二维码 7 天后失效，满 200 人后不能扫码入群。请留意更换。", "An invitation to a WeChat group. It expires after 7 days, and stops at 200 members. Remember to replace it.";
    k_wechat_person: "微信个人或公众号名片：对方可随时让它失效。", "A person or an account in WeChat. Its owner can make it invalid at any time.";
    k_wecom: "企业微信联系人或群。", "A contact or a group in WeCom.";
    k_mini_program: "微信小程序。", "A WeChat mini program.";
    k_alipay: "支付宝二维码。", "A code for Alipay.";
    k_payment: "付款或收款码：请勿随意公开。", "A payment code. Be careful where you publish it.";
    k_wifi: "Wi-Fi 名称和密码：不是网址，不能生成短链接。", "The name and password of a Wi-Fi network. It is no address and cannot be shortened.";
    k_vcard: "名片：不是网址，不能生成短链接。", "A business card. It is no address and cannot be shortened.";
    k_text: "文字。", "Plain text.";
    k_own: "这是本站的短链接，可以直接使用，不必再缩短。", "This is a short link of this site. Use it as it is; it need not be shortened again.";
}

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tongue {
    /// Simplified Chinese, also for whoever names neither.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Tongue {
    /// The one that the value of `Accept-Language` prefers.
    pub(super) fn of(header: &[u8]) -> Self {
        match language::best_of(header, &["zh", "en"]) {
            Some(1) => Self::English,
            _ => Self::Chinese,
        }
    }

    /// The one that a language tag names, by its first part.
    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// As HTML names it.
    pub(super) fn tag(self) -> &'static str {
        self.choose("zh-CN", "en")
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &ZH,
            Self::English => &EN,
        }
    }

    pub(super) fn choose<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}

/// A text with `{}` in place of what is known later, in order.
pub(super) fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        filled.push_str(values.next().copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{ALL, Tongue, fill};

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_gaps() {
        let is_chinese = |text: &str| text.chars().any(|c| matches!(c, '\u{3001}'..='\u{9FFF}'));
        for (key, zh, en) in ALL {
            let is_name_of_the_other = *key == "language";
            assert!(
                is_chinese(zh) || is_name_of_the_other || zh.starts_with("{}"),
                "{key}: {zh}"
            );
            assert!(
                !en.is_empty() && (!is_chinese(en) || is_name_of_the_other),
                "{key}: {en}"
            );
            assert_eq!(zh.matches("{}").count(), en.matches("{}").count(), "{key}");
        }
    }

    #[test]
    fn gaps_are_filled_in_order() {
        assert_eq!(fill("a {} b {}", &["1", "{}"]), "a 1 b {}");
        assert_eq!(fill("a {}", &[]), "a ");
    }

    #[test]
    fn the_language_is_the_preferred_one_of_the_two() {
        for (header, tongue) in [
            ("", Tongue::Chinese),
            ("fr,en;q=0.1", Tongue::English),
            ("en-US,en;q=0.9,zh;q=0.8", Tongue::English),
            ("zh-TW,zh;q=0.9,en;q=0.8", Tongue::Chinese),
            ("en;q=0.5,zh;q=0.6", Tongue::Chinese),
            ("\u{fffd};;;,=", Tongue::Chinese),
        ] {
            assert_eq!(Tongue::of(header.as_bytes()), tongue, "{header}");
        }
    }
}
