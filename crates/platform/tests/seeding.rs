//! People made in numbers: as many as are wanted, although their ids are drawn at random, and each with a number and keys of
//! their own.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::VecDeque;
use std::sync::Arc;

use bus::Bus;
use common::{BEGINNING, new_key};
use parking_lot::Mutex;
use platform::people::names::Phone;
use platform::people::seeding::Seedling;
use platform::{AuthKeyKind, Platform, Ports, Runtime, Settings, UserId};
use store::Store;
use testing_dice::Dice;

const AYU: &str = "15550001";
const BUDI: &str = "15550002";

/// Dice that fall as they are told, and evenly afterwards.
#[derive(Default)]
struct Loaded {
    told: Mutex<VecDeque<u64>>,
    dice: Dice,
}

impl Runtime for Loaded {
    fn now_ms(&self) -> i64 {
        BEGINNING * 1000
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let word = self.told.lock().pop_front().unwrap_or_else(|| self.dice.word());
            chunk.copy_from_slice(&word.to_be_bytes()[..chunk.len()]);
        }
    }
}

async fn empty() -> (Platform, Arc<Loaded>) {
    let dice = Arc::new(Loaded::default());
    let ports = Ports::memory(Store::memory(), Bus::in_process(), dice.clone());
    (Platform::open(ports, Settings::default()).await.unwrap(), dice)
}

fn seedling(phone: &str, key: i64) -> Seedling {
    let permanent = new_key(key, AuthKeyKind::Permanent);
    Seedling { phone: phone.to_owned(), first_name: "S".to_owned(), permanent, temporary: None }
}

async fn who_has(platform: &Platform, phone: &str) -> Option<UserId> {
    platform.user_by_phone(&Phone::parse(phone).unwrap()).await.unwrap()
}

#[tokio::test]
async fn whoever_draws_an_id_that_is_taken_draws_again() {
    let (platform, dice) = empty().await;
    // Each draws an id and the name of a sign-in.
    dice.told.lock().extend([7, 1, 7, 2]);
    let ayu = platform.seed_person(seedling(AYU, 1)).await.unwrap();
    let budi = platform.seed_person(seedling(BUDI, 2)).await.unwrap();
    assert!(dice.told.lock().is_empty() && ayu != budi, "{ayu} and {budi}");
    assert_eq!((who_has(&platform, AYU).await, who_has(&platform, BUDI).await), (Some(ayu), Some(budi)));
    assert_eq!(platform.living_person(budi).await.unwrap().profile.phone.as_deref(), Some(BUDI));
}

#[tokio::test]
async fn a_number_or_a_key_that_is_taken_stays_whose_it_is() {
    let (platform, _) = empty().await;
    let ayu = platform.seed_person(seedling(AYU, 1)).await.unwrap();
    for (phone, key) in [(AYU, 2), (BUDI, 1)] {
        let error = platform.seed_person(seedling(phone, key)).await.expect_err("it is taken");
        assert!(error.is_conflict(), "{error}");
    }
    assert_eq!((who_has(&platform, AYU).await, who_has(&platform, BUDI).await), (Some(ayu), None));
}
