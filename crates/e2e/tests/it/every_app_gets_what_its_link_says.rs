//! Who opens a link in which app gets what its owner has chosen: every app, every choice, in both
//! modes; and a crawler gets what a person gets.

use std::collections::BTreeMap;

use e2e::{
    api::{Api, Visits, text},
    http::Answer,
    production::{Instance, SEEN},
    quick_start::Place,
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

/// The same agents that the classifier is tested with.
const AGENTS: &str = include_str!("../../../link/tests/agents/apps.tsv");

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Safari/537.36";
const GOOGLEBOT: &str = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; \
                         Googlebot/2.1; +http://www.google.com/bot.html) Chrome/143.0.0.0 Safari/537.36";

/// What browsers call themselves; a guide page would lead nowhere from there.
const BROWSERS: [&str; 4] = ["none", "uc", "quark", "qq_browser"];

const PASSWORD: &str = "opensesame";

/// What a visitor gets.
#[derive(Debug, PartialEq, Eq)]
enum Gets {
    Target(String),
    Guide,
    Denied,
    Form,
    UsedUp,
}

/// What the owner has chosen.
enum Choice {
    Direct,
    GuideAll,
    Guide(&'static str),
    Allow(&'static str),
    Rules,
    RulesAndGuide,
    Password,
    Limited,
    UsedUp,
}

impl Choice {
    fn all(apps: &[&'static str]) -> BTreeMap<String, Self> {
        let named = |name: &str, choice| (name.to_owned(), choice);
        let fixed = [
            named("direct", Self::Direct),
            named("guideall", Self::GuideAll),
            named("rules", Self::Rules),
            named("rulesguide", Self::RulesAndGuide),
            named("password", Self::Password),
            named("limited", Self::Limited),
            named("usedup", Self::UsedUp),
        ];
        let guides = apps
            .iter()
            .filter(|app| !BROWSERS.contains(app))
            .map(|app| (format!("guide-{app}"), Self::Guide(app)));
        let allows = apps
            .iter()
            .filter(|app| **app != "none")
            .map(|app| (format!("allow-{app}"), Self::Allow(app)));
        let browser = named("allow-browser", Self::Allow("browser"));
        guides.chain(allows).chain(fixed).chain([browser]).collect()
    }

    fn link(&self, code: &str, apps: &[&'static str]) -> Value {
        let mut link = json!({ "code": code, "target": usual(code) });
        let rule = |app: &&str| {
            let target = format!("https://{app}.example.org/{code}");
            json!({ "when": { "app": [app] }, "targets": [{ "url": target, "weight": 1 }] })
        };
        match self {
            Self::Direct => {}
            Self::GuideAll => link["guide_apps"] = json!(["any_app"]),
            Self::Guide(app) => link["guide_apps"] = json!([app]),
            Self::Allow(app) => link["allow"] = json!({ "apps": [app], "os": [] }),
            Self::Rules => link["rules"] = ruled(apps).iter().map(rule).collect(),
            Self::RulesAndGuide => {
                link["guide_apps"] = json!(["any_app"]);
                link["rules"] = json!([rule(&"wechat")]);
            }
            Self::Password => link["password"] = json!(PASSWORD),
            Self::Limited => {
                link["guide_apps"] = json!(["any_app"]);
                link["max_clicks"] = json!(1_000_000);
            }
            Self::UsedUp => {
                link["guide_apps"] = json!(["any_app"]);
                link["max_clicks"] = json!(1);
            }
        }
        link
    }

    fn expected(&self, code: &str, app: &str, apps: &[&'static str]) -> Gets {
        let is_app = !BROWSERS.contains(&app);
        let ruled = format!("https://{app}.example.org/{code}");
        match self {
            Self::GuideAll | Self::Limited if is_app => Gets::Guide,
            Self::Guide(named) if covers(named, app) => Gets::Guide,
            Self::Allow(named) if !covers(named, app) => Gets::Denied,
            Self::Rules if self::ruled(apps).contains(&app) => Gets::Target(ruled),
            Self::RulesAndGuide if covers("wechat", app) => {
                Gets::Target(format!("https://wechat.example.org/{code}"))
            }
            Self::RulesAndGuide if is_app => Gets::Guide,
            Self::Password => Gets::Form,
            Self::UsedUp => Gets::UsedUp,
            _ => Gets::Target(usual(code)),
        }
    }
}

/// As many as a link can have rules; what is a part of another app comes before it.
fn ruled(apps: &[&'static str]) -> Vec<&'static str> {
    let named = apps.iter().rev().filter(|app| **app != "none");
    named.take(32).copied().collect()
}

fn covers(named: &str, app: &str) -> bool {
    match named {
        "wechat" => ["wechat", "wechat_mini_program"].contains(&app),
        "qq" => ["qq", "qzone"].contains(&app),
        "browser" => BROWSERS.contains(&app),
        other => other == app,
    }
}

fn usual(code: &str) -> String {
    format!("https://target.example.com/{code}")
}

/// An app, and what it calls itself.
fn agents() -> Vec<(&'static str, &'static str)> {
    let lines = AGENTS.lines().filter(|line| !line.starts_with('#'));
    let agents = lines.filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.nth(4)?))
    });
    agents.chain([("none", CHROME)]).collect()
}

#[test]
fn in_the_quick_start() {
    let mut place = Place::new();
    let suo = place.start();
    let matrix = Matrix::new(&suo.api, suo.visits.clone());
    matrix.is_as_expected();
    matrix.is_as_simulated(&suo.api);
}

#[test]
fn in_production() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let matrix = Matrix::new(&admin.api, edge.visits.clone());
    matrix.is_as_expected();
    matrix.is_as_simulated(&admin.api);
}

struct Matrix {
    visits: Visits,
    apps: Vec<&'static str>,
    choices: BTreeMap<String, Choice>,
    /// The id of each code's link.
    ids: BTreeMap<String, String>,
}

impl Matrix {
    fn new(api: &Api, visits: Visits) -> Self {
        let mut apps: Vec<&str> = agents().into_iter().map(|(app, _)| app).collect();
        apps.sort_unstable();
        apps.dedup();
        assert!(apps.len() > 30, "{apps:?}");
        let choices = Choice::all(&apps);
        let links: Vec<Value> = choices
            .iter()
            .map(|(code, choice)| choice.link(code, &apps))
            .collect();
        let answer = api.served("POST", "/links/batch", &json!({ "links": links }));
        let mut ids = BTreeMap::new();
        for result in answer.json()["results"].as_array().expect("results") {
            assert_eq!(result["status"], 201, "{result}");
            let code = text(&result["link"], "code");
            ids.insert(code.to_owned(), text(&result["link"], "id").to_owned());
            wait_until("the link is there", SEEN, || {
                let answer = visits.get(&format!("/{code}"));
                (answer.status < 404 || answer.status == 410)
                    .then_some(())
                    .ok_or(answer.status)
            });
        }
        wait_until("the link is used up", SEEN, || {
            let answer = visits.get_with("/usedup", &[("user-agent", CHROME)]);
            (answer.status == 410).then_some(()).ok_or(answer.status)
        });
        Self {
            visits,
            apps,
            choices,
            ids,
        }
    }

    fn is_as_expected(&self) {
        let mut wrong = Vec::new();
        for (code, choice) in &self.choices {
            for (app, agent) in agents() {
                let answer = self.visit(code, agent);
                let expected = choice.expected(code, app, &self.apps);
                let got = gets(&answer);
                if got.as_ref() != Some(&expected) {
                    wrong.push(format!(
                        "/{code} in {app}: {got:?} for {expected:?} ({agent})"
                    ));
                }
                says_no_more_than_it_may(code, &answer, &expected);
            }
            let [crawler, person] = [GOOGLEBOT, CHROME].map(|agent| self.visit(code, agent));
            assert_eq!(without_date(crawler), without_date(person), "/{code}");
        }
        assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    }

    /// The owner is told beforehand what each visitor gets.
    fn is_as_simulated(&self, api: &Api) {
        let agents: BTreeMap<&str, &str> = agents().into_iter().collect();
        for (code, id) in &self.ids {
            for (app, agent) in &agents {
                let asked = json!({ "id": id, "user_agent": agent, "language": "en" });
                let said = api.served("POST", "/simulate", &asked).json();
                assert_eq!(said["visitor"]["app"], *app, "{said}");
                let answer = self.visit(code, agent);
                assert_eq!(
                    simulated(&said["decision"]),
                    gets(&answer),
                    "/{code} in {app}: {said}"
                );
                assert_eq!(
                    said["decision"]["status"], answer.status,
                    "/{code} in {app}"
                );
            }
        }
    }

    fn visit(&self, code: &str, agent: &str) -> Answer {
        let headers = [("user-agent", agent), ("accept-language", "en")];
        self.visits.served_with(&format!("/{code}"), &headers)
    }
}

/// By what the visitor sees; `None`: something else.
fn gets(answer: &Answer) -> Option<Gets> {
    let page = String::from_utf8_lossy(&answer.body);
    match answer.status {
        302 => Some(Gets::Target(answer.header("location")?.to_owned())),
        403 => Some(Gets::Denied),
        410 => Some(Gets::UsedUp),
        200 if page.contains("type=\"password\"") || page.contains("type=password") => {
            Some(Gets::Form)
        }
        200 if page.contains("target.example.com") => Some(Gets::Guide),
        _ => None,
    }
}

fn simulated(decision: &Value) -> Option<Gets> {
    match text(decision, "kind") {
        "redirect" => Some(Gets::Target(text(decision, "location").to_owned())),
        "guide" => Some(Gets::Guide),
        "denied" => Some(Gets::Denied),
        "password" => Some(Gets::Form),
        "used_up" => Some(Gets::UsedUp),
        _ => None,
    }
}

/// Neither target nor host is told to who may not have them.
fn says_no_more_than_it_may(code: &str, answer: &Answer, expected: &Gets) {
    if matches!(expected, Gets::Denied | Gets::Form | Gets::UsedUp) {
        let all = format!(
            "{:?} {}",
            answer.headers,
            String::from_utf8_lossy(&answer.body)
        );
        assert!(
            !all.contains("target.example") && !all.contains("example.org"),
            "/{code}: {all}"
        );
        assert!(!all.contains(PASSWORD), "/{code}: {all}");
    } else if *expected == Gets::Guide {
        let page = String::from_utf8_lossy(&answer.body);
        assert!(page.contains("target.example.com"), "/{code}: {page}");
    }
}

fn without_date(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| name != "date");
    answer
}
