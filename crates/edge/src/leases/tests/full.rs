//! As many blocks as may be held.

use std::time::{Duration, Instant};

use suo_link::{
    id::LinkId,
    wire::leases::{MAX_LEASES, Reply, Standing},
};

use super::{LINK, Next, Taken, book, most, said};

#[test]
fn who_finds_no_room_for_another_block_waits_for_the_end_of_one() {
    let (mut book, now) = (book(), Instant::now());
    assert_eq!(book.take(LINK, most(9), now), Taken::Wait);
    book.come(LINK, true);
    let request = said(&mut book, now);
    let standings = vec![Standing::Elsewhere];
    book.hear(&request, now, Some(&Reply { standings }), now);

    let others = (0..MAX_LEASES as u64).map(|number| LinkId(1000 + number));
    for link in others.clone() {
        assert_eq!(book.take(link, most(9), now), Taken::Wait);
        book.come(link, true);
    }
    let mut lease = 0;
    while lease < MAX_LEASES as u64 {
        let request = said(&mut book, now);
        let grant = |_| {
            lease += 1;
            Standing::Granted { lease, units: 2 }
        };
        let standings = request.asks.iter().map(grant).collect();
        book.hear(&request, now, Some(&Reply { standings }), now);
    }
    others.for_each(|link| book.go(link, true));

    // It may be asked about again, but there is no room for what would be granted.
    let later = now + Duration::from_millis(60);
    assert_eq!(book.next(later), Next::Wait(Duration::from_millis(40)));
    let end = now + Duration::from_millis(100);
    let request = said(&mut book, end);
    assert_eq!(request.closed.len(), MAX_LEASES);
    let standings = vec![Standing::Elsewhere; request.asks.len()];
    book.hear(&request, end, Some(&Reply { standings }), end);
    let request = said(&mut book, end);
    assert_eq!(request.asks.len(), 1);
}
