//! What a listener may rely on, and what it may not.

use bus::{Bus, Listener, Signal, limits};
use bytes::Bytes;

fn moved(user_id: i64) -> Signal {
    Signal::Moved { user_id, by: None }
}

fn heard(listener: &mut Listener) -> Vec<i64> {
    let mut users = Vec::new();
    while let Some(signal) = listener.try_next() {
        match signal {
            Signal::Moved { user_id, .. } => users.push(user_id),
            other => panic!("published only moves, heard {other:?}"),
        }
    }
    users
}

fn hearing_of(bus: &Bus, count: i64) -> Vec<i64> {
    let mut listener = bus.listen();
    (0..count).for_each(|user_id| bus.publish(moved(user_id)));
    heard(&mut listener)
}

#[test]
fn every_listener_hears_every_signal_in_order() {
    let bus = Bus::in_process();
    let (mut first, mut second) = (bus.listen(), bus.clone().listen());
    (0..100).for_each(|user_id| bus.publish(moved(user_id)));
    assert_eq!(heard(&mut first), (0..100).collect::<Vec<_>>());
    assert_eq!(heard(&mut second), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_slow_listener_loses_signals_and_holds_up_nobody() {
    let bus = Bus::in_process();
    let mut slow = bus.listen();
    let before = metrics::BUS_DROPPED.get();
    let count = limits::LISTENER_MAX_SIGNALS as i64;
    (0..count + 10).for_each(|user_id| bus.publish(moved(user_id)));
    assert_eq!(heard(&mut slow), (0..count).collect::<Vec<_>>());
    assert!(metrics::BUS_DROPPED.get() >= before + 10);
    bus.publish(moved(7));
    assert_eq!(heard(&mut slow), [7], "room again: signals again");
}

#[test]
fn a_listener_that_left_is_forgotten() {
    let bus = Bus::in_process();
    drop(bus.listen());
    let mut stays = bus.listen();
    bus.publish(moved(1));
    assert_eq!(heard(&mut stays), [1]);
}

#[test]
fn an_oversized_payload_is_dropped() {
    let bus = Bus::in_process();
    let mut listener = bus.listen();
    for bytes in [limits::EPHEMERAL_MAX_BYTES + 1, limits::EPHEMERAL_MAX_BYTES] {
        bus.publish(Signal::Ephemeral { user_id: 1, payload: Bytes::from(vec![0; bytes]) });
    }
    let Some(Signal::Ephemeral { payload, .. }) = listener.try_next() else { panic!("one fits") };
    assert_eq!(payload.len(), limits::EPHEMERAL_MAX_BYTES);
    assert_eq!(listener.try_next(), None);
}

#[tokio::test]
async fn listening_ends_with_the_bus() {
    let bus = Bus::in_process();
    let mut listener = bus.listen();
    bus.publish(moved(1));
    drop(bus);
    assert_eq!(listener.next().await, Some(moved(1)));
    assert_eq!(listener.next().await, None);
}

#[test]
fn the_faulty_bus_drops_doubles_and_reorders() {
    let users = hearing_of(&Bus::faulty(1), 1_000);
    let distinct = users.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert!(distinct < 1_000, "some are lost");
    assert!(distinct > 500, "most arrive");
    assert!(users.len() > distinct, "some are doubled");
    assert!(users.windows(2).any(|pair| pair[0] > pair[1]), "some are late");
}

#[test]
fn the_same_seed_gives_the_same_mischief() {
    assert_eq!(hearing_of(&Bus::faulty(42), 300), hearing_of(&Bus::faulty(42), 300));
    assert_ne!(hearing_of(&Bus::faulty(42), 300), hearing_of(&Bus::faulty(43), 300));
}
