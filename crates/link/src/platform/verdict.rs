//! What follows from the sections that were found.

use super::{
    App, BotKind, Device, Os, Platform,
    apps::APPS,
    bots::BOTS,
    index::{APPS_AT, BOTS_AT, CONDITIONAL, Found, SYSTEMS_AT},
    systems::SYSTEMS,
};

/// Who is dressed as a browser: bots that are not have no device.
const ENGINES: Found = sections_of_neither();

/// The platform of an agent with these sections.
pub(super) fn of(found: Found) -> Platform {
    let found = with_conditions(found);
    let bot_kind = bot_kind(found);
    let os = os(found);
    Platform {
        app: match bot_kind {
            Some(_) => App::None,
            None => app(found),
        },
        os,
        device: match bot_kind {
            Some(_) if found & ENGINES == 0 => Device::Other,
            _ => device(found, os),
        },
        bot_kind,
    }
}

/// Without the sections whose conditions do not hold.
fn with_conditions(mut found: Found) -> Found {
    for conditional in CONDITIONAL {
        if (found & conditional.tokens != 0) != conditional.wanted {
            found &= !conditional.section;
        }
    }
    found
}

/// The place in its table of the strongest section that was found, of those in `mask`.
fn first(found: Found, mask: Found, table_at: usize) -> usize {
    ((found & mask).trailing_zeros() as usize).wrapping_sub(table_at)
}

fn app(found: Found) -> App {
    const ALL: Found = bits(APPS_AT, APPS.len());
    APPS.get(first(found, ALL, APPS_AT))
        .map_or(App::None, |section| section.app)
}

/// The kind that the strongest section names. Who names neither a system nor a browser is a
/// program, known or not: visitors come with browsers.
fn bot_kind(found: Found) -> Option<BotKind> {
    const BROWSERS: Found = bits(SYSTEMS_AT, SYSTEMS.len()) | bits(APPS_AT, APPS.len());
    const ALL: Found = bits(BOTS_AT, BOTS.len());
    const ALONE: Found = alone();
    let mask = if found & BROWSERS == 0 {
        ALL
    } else {
        ALL & !ALONE
    };
    match BOTS.get(first(found, mask, BOTS_AT)) {
        Some(section) => Some(section.kind),
        None if mask == ALL => Some(BotKind::Crawler),
        None => None,
    }
}

fn os(found: Found) -> Os {
    const NAMED: Found = systems_that_name_one();
    SYSTEMS
        .get(first(found, NAMED, SYSTEMS_AT))
        .and_then(|section| section.os)
        .unwrap_or(Os::Other)
}

/// The strongest section that names a device, and no other system than `os`.
fn device(found: Found, os: Os) -> Device {
    const OF: [Found; Os::ALL.len()] = devices_of_each();
    let section = SYSTEMS.get(first(found, OF[os as usize], SYSTEMS_AT));
    match (section.and_then(|section| section.device), os) {
        (Some(device), _) => device,
        // Browsers on Android say Mobile on phones and nothing on tablets; apps need not.
        (None, Os::Android) if found & ENGINES != 0 => Device::Tablet,
        (None, Os::Android | Os::Ios | Os::Harmonyos) => Device::Mobile,
        (None, Os::Windows | Os::Macos | Os::Chromeos) => Device::Desktop,
        (None, Os::Linux | Os::Other) => Device::Other,
    }
}

const fn bits(at: usize, count: usize) -> Found {
    ((1 << count) - 1) << at
}

const fn alone() -> Found {
    let (mut mask, mut n) = (0, 0);
    while n < BOTS.len() {
        mask |= (BOTS[n].alone as Found) << (BOTS_AT + n);
        n += 1;
    }
    mask
}

const fn sections_of_neither() -> Found {
    let (mut mask, mut n) = (0, 0);
    while n < SYSTEMS.len() {
        let neither = SYSTEMS[n].os.is_none() && SYSTEMS[n].device.is_none();
        mask |= (neither as Found) << (SYSTEMS_AT + n);
        n += 1;
    }
    mask
}

const fn systems_that_name_one() -> Found {
    let (mut mask, mut n) = (0, 0);
    while n < SYSTEMS.len() {
        mask |= (SYSTEMS[n].os.is_some() as Found) << (SYSTEMS_AT + n);
        n += 1;
    }
    mask
}

const fn devices_of_each() -> [Found; Os::ALL.len()] {
    let mut masks = [0; Os::ALL.len()];
    let mut os = 0;
    while os < Os::ALL.len() {
        let mut n = 0;
        while n < SYSTEMS.len() {
            let fits = match SYSTEMS[n].os {
                None => true,
                Some(named) => named as usize == os,
            };
            let counts = fits && SYSTEMS[n].device.is_some();
            masks[os] |= (counts as Found) << (SYSTEMS_AT + n);
            n += 1;
        }
        os += 1;
    }
    masks
}
