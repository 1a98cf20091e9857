//! Two hundred worlds in each mode, and the promise that a seed is the same world everywhere.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use sim::{Delivery, Lie, Order, Outcome, run};

/// Seeds of one test, in seeds; there are as many tests as let two processors work.
const SEEDS: u64 = 100;

fn order(seed: u64, delivery: Delivery) -> Order {
    Order { seed, delivery, deeds: 20, is_loud: false, lie: None }
}

fn play(seeds: std::ops::Range<u64>, delivery: Delivery) {
    let mut acknowledged = 0;
    for seed in seeds {
        let outcome = run(order(seed, delivery));
        acknowledged += outcome.acknowledged;
        if let Some(broken) = &outcome.broken {
            let tail = outcome.tail.join("\n");
            let mode = format!("{delivery:?}").to_lowercase();
            panic!(
                "{tail}\nseed {seed}, {mode}: {}\n{}\nagain: cargo run -p sim -- --seed {seed} --mode {mode} --trace",
                broken.rule, broken.detail
            );
        }
    }
    assert!(acknowledged > 20 * SEEDS, "hardly anything was acknowledged: {acknowledged}");
}

#[test]
fn nothing_acknowledged_is_lost_when_deeds_are_folded() {
    play(0..SEEDS, Delivery::Folded);
}

#[test]
fn nothing_acknowledged_is_lost_when_deeds_are_folded_either() {
    play(SEEDS..2 * SEEDS, Delivery::Folded);
}

#[test]
fn nothing_acknowledged_is_lost_when_deeds_travel_by_letter() {
    play(0..SEEDS, Delivery::Outbox);
}

#[test]
fn nothing_acknowledged_is_lost_when_deeds_travel_by_letter_either() {
    play(SEEDS..2 * SEEDS, Delivery::Outbox);
}

/// What one process says of some seeds: a line for each, with its trace.
fn told_by_a_process() -> String {
    let told = Command::new(env!("CARGO_BIN_EXE_sim")).args(["--seeds", "0..6", "--verbose"]).output().unwrap();
    let words = String::from_utf8(told.stdout).unwrap();
    words.lines().filter(|line| line.starts_with("seed=")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_same_seed_is_the_same_world_in_every_process() {
    let once = told_by_a_process();
    assert_eq!(once.lines().count(), 12, "{once}");
    assert_eq!(once, told_by_a_process());
    for seed in 0..6 {
        let here: Outcome = run(order(seed, Delivery::Folded));
        assert!(once.contains(&format!("seed={seed} mode=folded trace={} ", here.trace_hash)), "{seed}: {once}");
    }
}

/// A judge that passes a disk that lies would pass anything.
#[test]
fn a_disk_that_lies_is_found_out() {
    for lie in [Lie::Lost, Lie::Torn, Lie::Unsynced] {
        let seeds = 0..12;
        let found = seeds
            .clone()
            .filter(|seed| run(Order { lie: Some(lie), ..order(*seed, Delivery::Folded) }).broken.is_some());
        let found = found.count();
        assert!(found >= 4, "{lie:?} was seen in {found} of {} worlds", seeds.end);
    }
}
