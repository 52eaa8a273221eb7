use std::time::Duration;

use e2e::torture::{Pace, Plan, run};
use suo_testkit::Profile;

/// Every kind of fault once, each for a moment. A long run is `cargo xtask torture`.
#[test]
fn every_read_during_faults_can_be_explained_by_the_writes() {
    let report = run(
        &Plan {
            seed: 3,
            time: Duration::from_secs(40),
            rounds: Some(1),
            only: Vec::new(),
            // The machine has other things to do: ten times what the long run demands. What is
            // wrong for good is found all the same.
            bound: Duration::from_secs(10),
            is_busy: true,
            links: 60,
            pace: Pace {
                calm: Duration::from_millis(50)..Duration::from_millis(200),
                lasts: Duration::from_millis(100)..Duration::from_millis(600),
                between_writes: Duration::from_millis(20),
                batch: 1000,
            },
            profile: Profile::Fast,
        },
        |progress| println!("{progress}"),
    );
    println!("{report}");
    assert_eq!(report.violations(), 0, "{report}");
}
