//! Waiting returns what was found, or fails with the last status.

use std::panic::catch_unwind;
use std::time::Duration;

use suo_testkit::{free_port, wait_until, wait_until_async};

const LIMIT: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(30);

#[test]
fn a_condition_is_asked_until_it_holds() {
    let mut looks = 0;
    let found = wait_until("the third look", LIMIT, || {
        looks += 1;
        if looks == 3 { Ok(looks) } else { Err(looks) }
    });
    assert_eq!(found, 3);
}

#[test]
fn the_last_status_is_in_the_message() {
    let failed = catch_unwind(|| wait_until("rain", SHORT, || Err::<(), _>("still dry")));
    let message = failed.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("rain") && message.contains("still dry"),
        "{message}"
    );
}

#[tokio::test]
async fn an_async_condition_is_asked_until_it_holds() {
    let mut looks = 0;
    let found = wait_until_async("the third look", LIMIT, async || {
        tokio::task::yield_now().await;
        looks += 1;
        if looks == 3 { Ok(looks) } else { Err(looks) }
    });
    assert_eq!(found.await, 3);
}

#[tokio::test]
#[should_panic(expected = "has not answered once")]
async fn an_async_condition_that_hangs_fails_too() {
    wait_until_async("an answer", SHORT, async || {
        std::future::pending::<Result<(), &str>>().await
    })
    .await;
}

#[test]
fn ports_are_never_given_twice() {
    let mut ports: Vec<u16> = (0..100).map(|_| free_port()).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 100);
}
