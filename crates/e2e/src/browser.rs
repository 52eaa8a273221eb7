//! A real Chromium that looks at pages as a visitor does.

use std::{path::PathBuf, process::Command, time::Duration};

use serde_json::{Value, json};
use suo_testkit::{Program, wait_until};
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver, WebElement,
    error::WebDriverResult,
};
use tokio::runtime::Runtime;

/// How long a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the page is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// The `User-Agent`.
    pub agent: &'static str,
    /// The `Accept-Language`.
    pub language: &'static str,
    /// Whether dark colours are preferred.
    pub is_dark: bool,
    /// Width and height of the window, in CSS pixels.
    pub size: (u32, u32),
    /// The size of text, in percent of the usual.
    pub text_percent: u32,
}

/// A Chromium and the driver that moves it.
pub struct Browser {
    runtime: Runtime,
    driver: WebDriver,
    _chromedriver: Program,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A window without a page.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A window of a browser with more arguments.
    #[must_use]
    pub fn start_with(arguments: &[String]) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let chromedriver = Program::start(command);
        let line = chromedriver.wait_for_line(|line| line.contains("started successfully on port"));
        let port = line
            .trim_end_matches('.')
            .rsplit(' ')
            .next()
            .expect("a port");
        let server = format!("http://127.0.0.1:{port}");
        let profile = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let driver = runtime.block_on(WebDriver::new(server, capabilities(&profile, arguments)));
        Self {
            driver: driver.expect("Debian's packages chromium and chromium-driver"),
            runtime,
            _chromedriver: chromedriver,
            _profile: profile,
        }
    }

    /// From now on pages are looked at like this.
    pub fn look_with(&self, looks: Looks) {
        let (width, height) = looks.size;
        let scheme = if looks.is_dark { "dark" } else { "light" };
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 }),
        );
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
        self.tell(
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": looks.agent, "acceptLanguage": looks.language }),
        );
        // What a reader's larger type does, in the browser's settings.
        let percent = looks.text_percent;
        self.tell("Page.enable", json!({}));
        self.tell(
            "Page.setFontSizes",
            json!({ "fontSizes": { "standard": 16 * percent / 100, "fixed": 13 * percent / 100 } }),
        );
    }

    /// Whether pages opened from now on may run scripts.
    pub fn allow_scripts(&self, allowed: bool) {
        let parameters = json!({ "value": !allowed });
        self.tell("Emulation.setScriptExecutionDisabled", parameters);
    }

    /// Runs a script on each page that is opened from now on, before its own.
    pub fn run_first(&self, script: &str) {
        let parameters = json!({ "source": script });
        self.tell("Page.addScriptToEvaluateOnNewDocument", parameters);
    }

    /// Goes to a page.
    pub fn open(&self, url: &str) {
        self.done(self.driver.goto(url));
    }

    /// Where the browser is.
    #[must_use]
    pub fn url(&self) -> String {
        self.done(self.driver.current_url()).to_string()
    }

    /// What a script on the page returns.
    #[must_use]
    pub fn run(&self, script: &str) -> Value {
        self.done(self.driver.execute(script, Vec::new()))
            .json()
            .clone()
    }

    /// The same of a script that calls its last argument when it is done.
    #[must_use]
    pub fn run_to_the_end(&self, script: &str) -> Value {
        self.done(self.driver.execute_async(script, Vec::new()))
            .json()
            .clone()
    }

    /// Clicks what a CSS selector finds first.
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.done(element.click());
    }

    /// Goes to where a link of this page leads.
    pub fn follow(&self, link: &str) {
        let here = self.done(self.driver.current_url());
        let there = here.join(link).expect("a URL");
        self.open(there.as_str());
    }

    /// Empties what a CSS selector finds first.
    pub fn clear(&self, selector: &str) {
        let element = self.find(selector);
        self.done(element.clear());
    }

    /// Waits until the title of the page begins like this.
    pub fn wait_for_title(&self, title: &str) {
        wait_until(title, PATIENCE, || {
            let shown = self.done(self.driver.title());
            if shown.starts_with(title) {
                Ok(())
            } else {
                Err(shown)
            }
        });
    }

    /// Waits until what a CSS selector finds shows this text.
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        wait_until(text, PATIENCE, || {
            let shown = self.text(selector);
            if shown.contains(text) {
                Ok(())
            } else {
                Err(shown)
            }
        });
    }

    /// Loads the page again until what a CSS selector finds shows this text.
    pub fn reload_until_text(&self, selector: &str, text: &str) {
        wait_until(text, PATIENCE, || {
            self.done(self.driver.refresh());
            let shown = self.text(selector);
            if shown.contains(text) {
                Ok(())
            } else {
                Err(shown)
            }
        });
    }

    /// Waits until a field has this value.
    pub fn wait_for_value(&self, selector: &str, value: &str) {
        wait_until(value, PATIENCE, || {
            let element = self.find(selector);
            let shown = self.done(element.prop("value")).unwrap_or_default();
            if shown.trim() == value {
                Ok(())
            } else {
                Err(shown)
            }
        });
    }

    /// Goes on with the tabulator until it is where a CSS selector is.
    pub fn tab_until(&self, selector: &str) {
        self.tab(selector, false);
    }

    /// Goes back with the tabulator.
    pub fn tab_back_until(&self, selector: &str) {
        self.tab(selector, true);
    }

    fn tab(&self, selector: &str, is_back: bool) {
        // As many as a page may have.
        for _ in 0..200 {
            let is_there = format!("return document.activeElement.matches({selector:?})");
            if self.run(&is_there) == Value::Bool(true) {
                return;
            }
            let mut keys = self.driver.action_chain();
            if is_back {
                keys = keys.key_down(Key::Shift);
            }
            keys = keys.send_keys(Key::Tab);
            if is_back {
                keys = keys.key_up(Key::Shift);
            }
            self.done(keys.perform());
        }
        panic!("the tabulator does not reach {selector}");
    }

    /// Types into what a CSS selector finds first; a file's path into a file field.
    pub fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        self.done(element.send_keys(text));
    }

    /// Types into whatever has the focus.
    pub fn type_on(&self, keys: &str) {
        let keys = self.driver.action_chain().send_keys(keys);
        self.done(keys.perform());
    }

    /// What an attribute of what a CSS selector finds first says.
    #[must_use]
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let element = self.find(selector);
        let value = self.done(element.attr(name));
        value.unwrap_or_default()
    }

    /// The text that what a CSS selector finds first shows.
    #[must_use]
    pub fn text(&self, selector: &str) -> String {
        let element = self.find(selector);
        self.done(element.text())
    }

    /// The window as a PNG picture.
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        self.done(self.driver.screenshot_as_png())
    }

    /// One command of the DevTools protocol.
    pub fn tell(&self, command: &str, parameters: Value) -> Value {
        let tools = self.driver.cdp();
        self.done(tools.send_raw(command, parameters))
    }

    fn find(&self, selector: &str) -> WebElement {
        wait_until(selector, PATIENCE, || {
            let found = self.driver.find(By::Css(selector));
            self.runtime
                .block_on(found)
                .map_err(|error| error.to_string())
        })
    }

    fn done<T>(&self, work: impl Future<Output = WebDriverResult<T>>) -> T {
        self.runtime
            .block_on(work)
            .expect("the browser does as it is told")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.driver.clone().quit());
    }
}

/// Nothing is loaded that a test did not ask for.
fn capabilities(profile: &tempfile::TempDir, arguments: &[String]) -> thirtyfour::Capabilities {
    let mut wanted = DesiredCapabilities::chrome();
    let folder = format!("--user-data-dir={}", profile.path().display());
    for argument in [
        "--headless=new",
        // In a container there is nothing to build the sandbox with.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        &folder,
    ] {
        wanted.add_arg(argument).expect("an argument");
    }
    for argument in arguments {
        wanted.add_arg(argument).expect("an argument");
    }
    wanted.into()
}

/// The rules of axe-core (Deque Systems), which `cargo xtask test` fetches.
///
/// # Panics
/// If they are not there.
#[must_use]
pub fn axe() -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")),
        PathBuf::from,
    );
    let file = target.join("tools/axe/package/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask test` fetches it", file.display())
    })
}
