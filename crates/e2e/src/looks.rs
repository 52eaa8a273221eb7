//! How pages look: to everybody who may open them, and by the rules of axe-core.

use std::{fs, path::Path};

use crate::browser::{Browser, Looks};

/// Phone and desk, light and dark, both languages, and text of twice the size; without an agent.
#[must_use]
pub fn all_looks() -> Vec<Looks> {
    let mut all = Vec::new();
    for language in ["zh-CN", "en"] {
        for is_dark in [false, true] {
            for (size, text_percent) in [((390, 844), 100), ((390, 844), 200), ((1280, 800), 100)] {
                all.push(Looks {
                    agent: "",
                    language,
                    is_dark,
                    size,
                    text_percent,
                });
            }
        }
    }
    all
}

/// What is seriously wrong by the rules of axe, and what does not fit the window.
#[must_use]
pub fn complaints(browser: &Browser, rules: &str) -> Vec<String> {
    let found = browser.run_to_the_end(&format!(
        "const done = arguments[arguments.length - 1]; {rules}; \
         axe.run().then(found => done(found.violations \
           .filter(it => ['serious', 'critical'].includes(it.impact)) \
           .map(it => `${{it.id}}: ${{it.nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')}}`)))"
    ));
    let found = found.as_array().expect("a list of violations").iter();
    let mut complaints: Vec<String> = found.map(ToString::to_string).collect();
    let [wide, window] = ["document.documentElement.scrollWidth", "window.innerWidth"]
        .map(|what| browser.run(&format!("return {what}")).as_u64());
    if wide > window {
        complaints.push(format!("{wide:?} pixels in a window of {window:?}"));
    }
    complaints
}

/// Puts a picture of the window into a folder.
pub fn keep_picture(browser: &Browser, folder: &Path, page: &str, looks: &Looks) {
    let scheme = if looks.is_dark { "dark" } else { "light" };
    let name = format!(
        "{page}-{}-{}-{}-{scheme}.png",
        looks.size.0, looks.text_percent, looks.language
    );
    fs::create_dir_all(folder).expect("a folder for pictures");
    fs::write(folder.join(name), browser.picture()).expect("a picture");
}
