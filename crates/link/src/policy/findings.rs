//! What is wrong or doubtful about a policy, by itself: errors that no policy may have, and
//! warnings for what can be meant but seldom is.

use super::{
    reach::{Points, reached},
    rules::{
        MAX_CHOICES, MAX_DESCRIPTION, MAX_IMAGE, MAX_PAIR_BYTES, MAX_PAIRS, MAX_RULES, MAX_TARGETS,
        MAX_TITLE, MAX_WEIGHT, Policy, Preview, Rule,
    },
};
use crate::platform::App;

/// One thing that is wrong or doubtful, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub flaw: Flaw,
}

/// A place in a policy; rules and targets from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `guide_apps`
    GuideApps,
    /// `allow.apps`
    AllowApps,
    /// `rules`
    Rules,
    /// A whole rule.
    Rule(usize),
    /// A part of a rule's `when`.
    When(usize, Field),
    /// All targets of a rule.
    Targets(usize),
    /// The weight of a target.
    Weight(usize, usize),
    /// `preview`
    Preview,
    /// A text of the preview, by its name.
    PreviewText(&'static str),
}

/// A part of a rule's `when`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// `app`
    App,
    /// `os`
    Os,
    /// `language`
    Language,
    /// `country`
    Country,
    /// `query`
    Query,
    /// `before`
    Before,
}

/// What is wrong or doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// More entries than a link may have.
    TooMany,
    /// A rule without targets.
    NoTargets,
    /// A weight that is not 1 to [`MAX_WEIGHT`].
    BadWeight,
    /// `before` is not after `after`.
    EmptyInterval,
    /// A text that is too long.
    TooLong,
    /// An ordinary browser is told to open the link in an ordinary browser.
    BrowserGuided,
    /// Everybody who is allowed is guided to a browser, and no browser is allowed.
    NobodyPasses,
    /// Doubtful: no visitor whom `allow` lets pass fits this part of a rule.
    NotAllowed,
    /// Doubtful: earlier rules match whenever this one would.
    Shadowed,
    /// Doubtful: some who are allowed are guided to a browser, which is not allowed.
    GuidedIntoDenial,
    /// Doubtful: an app is guided that is not allowed.
    GuidedButDenied,
    /// Doubtful: nothing shows the card, because of the password, or because programs that fetch
    /// previews, which are judged like browsers, are not allowed.
    NeverShown,
}

impl Flaw {
    /// Whether a policy with it is refused.
    #[must_use]
    pub fn is_error(self) -> bool {
        match self {
            Self::TooMany
            | Self::NoTargets
            | Self::BadWeight
            | Self::EmptyInterval
            | Self::TooLong
            | Self::BrowserGuided
            | Self::NobodyPasses => true,
            Self::NotAllowed
            | Self::Shadowed
            | Self::GuidedIntoDenial
            | Self::GuidedButDenied
            | Self::NeverShown => false,
        }
    }
}

impl Place {
    /// The place as a JSON pointer (RFC 6901) into the link.
    #[must_use]
    pub fn pointer(self) -> String {
        match self {
            Self::GuideApps => "/guide_apps".to_owned(),
            Self::AllowApps => "/allow/apps".to_owned(),
            Self::Rules => "/rules".to_owned(),
            Self::Rule(rule) => format!("/rules/{rule}"),
            Self::When(rule, field) => format!("/rules/{rule}/when/{}", field.name()),
            Self::Targets(rule) => format!("/rules/{rule}/targets"),
            Self::Weight(rule, target) => format!("/rules/{rule}/targets/{target}/weight"),
            Self::Preview => "/preview".to_owned(),
            Self::PreviewText(name) => format!("/preview/{name}"),
        }
    }
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Os => "os",
            Self::Language => "language",
            Self::Country => "country",
            Self::Query => "query",
            Self::Before => "before",
        }
    }
}

/// All that is wrong or doubtful about a policy, in the order of its parts.
#[must_use]
pub fn findings(policy: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |place, flaw| found.push(Finding { place, flaw });
    if policy.guide_apps.covers_a_browser() {
        add(Place::GuideApps, Flaw::BrowserGuided);
    }
    guide(policy, &mut add);
    if policy.rules.len() > MAX_RULES {
        add(Place::Rules, Flaw::TooMany);
    } else {
        never_matching(policy, &mut add);
    }
    for (place, rule) in policy.rules.iter().enumerate() {
        within_limits(place, rule, &mut add);
    }
    if let Some(preview) = &policy.preview {
        texts(preview, &mut add);
        if policy.password.is_some() || !policy.allow.lets_app(App::None) {
            add(Place::Preview, Flaw::NeverShown);
        }
    }
    found
}

fn guide(policy: &Policy, add: &mut impl FnMut(Place, Flaw)) {
    let allowed = Points::of_allow(&policy.allow);
    let guided = Points::of_apps(policy.guide_apps);
    if !policy.guide_apps.is_empty() && guided.and(&allowed).is_empty() {
        add(Place::GuideApps, Flaw::GuidedButDenied);
    }
    if policy.allow.lets_app(App::None) {
        return;
    }
    let mut stuck = guided.and(&allowed);
    for (rule, reached) in policy.rules.iter().zip(reached(policy)) {
        stuck = stuck.without(&reached.and(&Points::named(rule.when.app)));
    }
    if !allowed.is_empty() && allowed.without(&stuck).is_empty() {
        add(Place::AllowApps, Flaw::NobodyPasses);
    } else if !stuck.is_empty() {
        add(Place::GuideApps, Flaw::GuidedIntoDenial);
    }
}

fn never_matching(policy: &Policy, add: &mut impl FnMut(Place, Flaw)) {
    let allowed = Points::of_allow(&policy.allow);
    for (place, (rule, reached)) in policy.rules.iter().zip(reached(policy)).enumerate() {
        if !reached.is_empty() {
            continue;
        }
        if !Points::of(&rule.when).and(&allowed).is_empty() {
            add(Place::Rule(place), Flaw::Shadowed);
        } else if Points::of_apps_or_all(rule.when.app)
            .and(&allowed)
            .is_empty()
        {
            add(Place::When(place, Field::App), Flaw::NotAllowed);
        } else {
            add(Place::When(place, Field::Os), Flaw::NotAllowed);
        }
    }
}

fn within_limits(place: usize, rule: &Rule, add: &mut impl FnMut(Place, Flaw)) {
    let when = &rule.when;
    for (field, count, most) in [
        (Field::Language, when.language.len(), MAX_CHOICES),
        (Field::Country, when.country.len(), MAX_CHOICES),
        (Field::Query, when.query.len(), MAX_PAIRS),
    ] {
        if count > most {
            add(Place::When(place, field), Flaw::TooMany);
        }
    }
    let is_long = |text: &str| text.len() > MAX_PAIR_BYTES;
    if when
        .query
        .iter()
        .any(|pair| is_long(&pair.name) || is_long(&pair.value))
    {
        add(Place::When(place, Field::Query), Flaw::TooLong);
    }
    if let (Some(after), Some(before)) = (when.after, when.before)
        && before <= after
    {
        add(Place::When(place, Field::Before), Flaw::EmptyInterval);
    }
    match rule.targets.len() {
        0 => add(Place::Targets(place), Flaw::NoTargets),
        count if count > MAX_TARGETS => add(Place::Targets(place), Flaw::TooMany),
        _ => {}
    }
    for (n, target) in rule.targets.iter().enumerate() {
        if target.weight == 0 || target.weight > MAX_WEIGHT {
            add(Place::Weight(place, n), Flaw::BadWeight);
        }
    }
}

fn texts(preview: &Preview, add: &mut impl FnMut(Place, Flaw)) {
    let characters = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.chars().count());
    let bytes = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
    for (name, length, most) in [
        ("title", characters(&preview.title), MAX_TITLE),
        (
            "description",
            characters(&preview.description),
            MAX_DESCRIPTION,
        ),
        ("image", bytes(&preview.image), MAX_IMAGE),
    ] {
        if length > most {
            add(Place::PreviewText(name), Flaw::TooLong);
        }
    }
}
