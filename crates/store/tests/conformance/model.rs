//! Random operations against the simplest thing that could be right.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Batch, Check, Class, Scan, Store, StoreError};

use crate::support::{everything, key, record};

const OPERATIONS: usize = 600;

type Model = BTreeMap<Vec<u8>, (u64, Vec<u8>)>;

/// A short suffix out of a small alphabet with the awkward bytes, so that keys collide and share prefixes.
fn suffix(dice: &mut ChaCha8Rng) -> Vec<u8> {
    let length = dice.random_range(0..4_usize);
    (0..length).map(|_| [0_u8, 1, 0x7f, 0xff][dice.random_range(0..4_usize)]).collect()
}

fn batch(dice: &mut ChaCha8Rng) -> Batch {
    let mut batch = Batch::new(Class::C1);
    for _ in 0..dice.random_range(0..4_u8) {
        let version = dice.random_range(0..3_u64);
        batch.puts.push((key(&suffix(dice)), record(version, &suffix(dice))));
    }
    if dice.random_bool(0.3) {
        batch.deletes.push(key(&suffix(dice)));
    }
    if dice.random_bool(0.4) {
        let place = key(&suffix(dice));
        let version = dice.random_range(0..3_u64);
        batch.checks.push(if dice.random_bool(0.5) { Check::Absent(place) } else { Check::Version(place, version) });
    }
    batch
}

/// What the batch should do.
fn apply(model: &mut Model, batch: &Batch) -> bool {
    let holds = batch.checks.iter().all(|check| match check {
        Check::Absent(key) => !model.contains_key(key.as_bytes()),
        Check::Version(key, version) => model.get(key.as_bytes()).is_some_and(|found| found.0 == *version),
    });
    if holds {
        batch.deletes.iter().for_each(|key| {
            model.remove(key.as_bytes());
        });
        for (key, record) in &batch.puts {
            model.insert(key.as_bytes().to_vec(), (record.version, record.value.to_vec()));
        }
    }
    holds
}

fn scan(dice: &mut ChaCha8Rng) -> Scan {
    let mut bound = |chance| dice.random_bool(chance).then(|| suffix(dice));
    let (from, to) = (bound(0.5), bound(0.5));
    let prefix = if dice.random_bool(0.5) { suffix(dice) } else { Vec::new() };
    Scan { prefix, from, to, reverse: dice.random_bool(0.5), limit: dice.random_range(1..20_usize), ..everything() }
}

/// What the scan should find: suffix and value, in order.
fn expected(model: &Model, scan: &Scan) -> Vec<(Vec<u8>, Vec<u8>)> {
    let head = key(b"").as_bytes().len();
    let (low, high) = if scan.reverse { (&scan.to, &scan.from) } else { (&scan.from, &scan.to) };
    let covers = |suffix: &Vec<u8>| {
        suffix.starts_with(&scan.prefix)
            && low.as_ref().is_none_or(|low| suffix >= low)
            && high.as_ref().is_none_or(|high| suffix <= high)
    };
    let all = model.iter().map(|(key, (_, value))| (key[head..].to_vec(), value.clone()));
    let mut found = all.filter(|(suffix, _)| covers(suffix)).collect::<Vec<_>>();
    if scan.reverse {
        found.reverse();
    }
    found.truncate(scan.limit);
    found
}

pub async fn random_operations_agree_with_a_map(store: Store) {
    for seed in 0..3 {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        store.delete_prefix(&crate::support::owner(), b"").await.expect("starts empty");
        let mut model = Model::new();
        for operation in 0..OPERATIONS {
            let batch = batch(&mut dice);
            let should_hold = apply(&mut model, &batch);
            let outcome = store.commit(batch).await;
            assert_eq!(outcome.is_ok(), should_hold, "seed {seed}, operation {operation}: {outcome:?}");
            assert!(matches!(outcome, Ok(()) | Err(StoreError::Conflict)));
            let scan = scan(&mut dice);
            let page = store.scan(&scan).await.expect("scans");
            let found = page.items.into_iter().map(|(suffix, record)| (suffix, record.value.to_vec()));
            assert_eq!(
                found.collect::<Vec<_>>(),
                expected(&model, &scan),
                "seed {seed}, operation {operation}: {scan:?}"
            );
        }
    }
}
