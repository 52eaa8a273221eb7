use suo_link::platform::{
    App, BotKind, Device, Os, apps::APPS, bots::BOTS, systems::SYSTEMS, tokens::Token,
};

const PAGE: &str = include_str!("../../../../docs/platforms.md");

/// A line of one of the page's tables that begins with `cells`.
fn line(cells: &str) -> &'static str {
    let mut lines = PAGE.lines().filter(|line| line.starts_with(cells));
    lines
        .next()
        .unwrap_or_else(|| panic!("docs/platforms.md has no line {cells}"))
}

fn assert_names(line: &str, tokens: &[Token]) {
    for token in tokens {
        let quoted = format!("`{}`", token.text);
        assert!(line.contains(&quoted), "{quoted} is not in {line}");
        assert!(!token.source.is_empty(), "{quoted} has no source");
    }
}

#[test]
fn every_section_is_on_the_page_with_its_tokens() {
    for section in APPS {
        let first = section.tokens[0].text;
        let line = line(&format!("| `{}` | `{first}`", section.app));
        assert_names(line, section.tokens);
        assert_names(line, section.beside);
        assert!(line.contains(section.note), "{line}");
    }
    for section in SYSTEMS {
        let os = section.os.map_or("", Os::name);
        let device = section.device.map_or("", Device::name);
        let line = line(&format!("| {} | {os} | {device} |", section.name));
        assert_names(line, section.tokens);
        assert_names(line, section.beside);
    }
    for section in BOTS {
        let line = line(&format!("| {} | `{}` |", section.name, section.kind));
        assert_names(line, section.tokens);
        assert_names(line, section.unless);
    }
}

#[test]
fn every_app_has_a_section_and_every_word_one_name() {
    for app in App::ALL.iter().filter(|app| **app != App::None) {
        assert!(APPS.iter().any(|section| section.app == *app), "{app}");
    }
    assert!(App::ALL.iter().all(|word| word.name().parse() == Ok(*word)));
    assert!(Os::ALL.iter().all(|word| word.name().parse() == Ok(*word)));
    assert!(
        Device::ALL
            .iter()
            .all(|word| word.name().parse() == Ok(*word))
    );
    assert!(
        BotKind::ALL
            .iter()
            .all(|word| word.name().parse() == Ok(*word))
    );
    assert!("any_app".parse::<App>().is_err());
}
