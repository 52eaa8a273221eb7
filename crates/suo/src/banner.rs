//! What a first-time user sees: addresses, the key, and two lines to try.

use crate::settings::Settings;

/// A code for the lines to try: short, and nobody's first choice.
const EXAMPLE: &str = "hello-suo";

/// The words around the facts, in one language.
struct Words {
    running: &'static str,
    page: &'static str,
    folder: &'static str,
    short_links: &'static str,
    api: &'static str,
    reference: &'static str,
    metrics: &'static str,
    key: &'static str,
    make: &'static str,
    follow: &'static str,
    key_was_shown: &'static str,
}

const ENGLISH: Words = Words {
    running: "suo is running. Ctrl-C ends it.",
    page: "make short links at",
    folder: "everything is kept in",
    short_links: "short links",
    api: "API",
    reference: "API reference",
    metrics: "metrics",
    key: "API key (shown this once)",
    make: "Make a short link:",
    follow: "Follow it:",
    key_was_shown: "The API key was printed at the first start. Is it lost? Start once with another one in\n\
                    SUO_BOOTSTRAP_API_KEY (32 to 128 letters, digits and underscores).",
};

const CHINESE: Words = Words {
    running: "suo 已启动，按 Ctrl-C 结束。",
    page: "首页（生成短链接）",
    folder: "数据保存在",
    short_links: "短链接",
    api: "API",
    reference: "API 文档",
    metrics: "监控指标",
    key: "API 密钥（仅显示这一次）",
    make: "生成短链接：",
    follow: "访问它：",
    key_was_shown: "API 密钥已在首次启动时显示。丢失了？把新密钥写入环境变量 SUO_BOOTSTRAP_API_KEY\n\
                    （32 到 128 位字母、数字或下划线）再启动一次即可。",
};

/// Prints where everything is. The key is known at the first start only.
#[expect(clippy::print_stdout, reason = "the key must not go through the log")]
pub(crate) fn print(settings: &Settings, key: Option<&str>) {
    println!(
        "{}",
        text(words(|name| std::env::var(name).ok()), settings, key)
    );
}

/// The language of the terminal, by the variables that decide about messages (POSIX, 8.2).
fn words(variable: impl Fn(&str) -> Option<String>) -> &'static Words {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable);
    let locale = said
        .into_iter()
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    if locale.starts_with("zh") {
        &CHINESE
    } else {
        &ENGLISH
    }
}

fn text(words: &Words, settings: &Settings, key: Option<&str>) -> String {
    let (admin, short) = (settings.admin_listen, &settings.short_url);
    let facts = [
        (words.page, format!("http://{admin}/")),
        (words.short_links, short.to_string()),
        (words.api, format!("http://{admin}/api/v1")),
        (words.reference, format!("http://{admin}/docs/")),
        (
            words.metrics,
            format!("http://{}/metrics", settings.ops_listen),
        ),
        (words.folder, settings.data_dir.display().to_string()),
    ];
    let facts: String = facts
        .iter()
        .map(|(name, fact)| format!("{name}: {fact}\n"))
        .collect();
    let rest = match key {
        Some(key) => first_steps(words, settings, key),
        None => words.key_was_shown.to_owned(),
    };
    format!("{}\n\n{facts}\n{rest}\n", words.running)
}

fn first_steps(words: &Words, settings: &Settings, key: &str) -> String {
    let Words {
        key: shown,
        make,
        follow,
        ..
    } = words;
    let (admin, edge) = (settings.admin_listen, settings.edge_listen);
    format!(
        "{shown}: {key}\n\n\
         {make}\n\n  \
         curl -s http://{admin}/api/v1/links -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \
         -d '{{\"target\":\"https://www.rust-lang.org/\",\"code\":\"{EXAMPLE}\"}}'\n\n\
         {follow}\n\n  \
         curl -si http://{edge}/{EXAMPLE}"
    )
}

#[cfg(test)]
mod tests {
    use super::{CHINESE, ENGLISH, words};

    #[test]
    fn the_terminal_decides_the_language() {
        let with = |name: &'static str, value: &'static str| {
            words(move |asked| (asked == name).then(|| value.to_owned())).running
        };
        assert_eq!(with("LANG", "zh_CN.UTF-8"), CHINESE.running);
        assert_eq!(with("LC_ALL", "zh_TW"), CHINESE.running);
        assert_eq!(with("LANG", "de_DE.UTF-8"), ENGLISH.running);
        assert_eq!(with("NONE", ""), ENGLISH.running);
    }
}
