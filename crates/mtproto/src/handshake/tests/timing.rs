//! K8: failures inside RSA cost the same, whatever was wrong.
//!
//! Processor time of this thread, medians of interleaved runs, and a wide tolerance: this sees work that is left out (a
//! private operation skipped for a bad length), not the difference of a branch. Against those stands how the code is
//! written: see `inner.rs`.

use std::time::Duration;

use crypto::{RSA_BYTES, SystemEntropy};

use super::by_hand::{ByHand, NOW, begun, raw_rsa, run, server_keys};
use crate::client::Padding;
use crate::handshake::{Handshake, Job, Step};

const RUNS: usize = 61;
const TOLERANCE_PERCENT: u128 = 25;

type Failure = (&'static str, fn(&mut ByHand) -> Vec<u8>);

const FAILURES: [Failure; 7] = [
    ("noise in a block", |_| raw_rsa(&[0x17; RSA_BYTES])),
    ("a block too short", |_| vec![1; 255]),
    ("nothing", |_| Vec::new()),
    ("over the modulus", |_| vec![0xff; RSA_BYTES]),
    ("another nonce", |client| {
        client.nonce[0] ^= 1;
        client.encrypted(Padding::Modern)
    }),
    ("another nonce, older padding", |client| {
        client.nonce[0] ^= 1;
        client.encrypted(Padding::Legacy)
    }),
    ("a data centre that does not exist", |client| {
        client.constructor = crate::handshake::ids::P_Q_INNER_DATA_DC;
        client.tail = vec![77];
        client.encrypted(Padding::Modern)
    }),
];

/// Where Linux says it; elsewhere there is nothing to compare.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn job(make: fn(&mut ByHand) -> Vec<u8>) -> Job {
    let mut server = Handshake::new();
    let mut client = begun(&mut server);
    let clear = client.clone();
    let request = clear.req_dh_params(&make(&mut client));
    match server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) {
        Step::Compute(job) => job,
        other => panic!("expected a job, got {other:?}"),
    }
}

#[test]
fn failures_cost_the_same() {
    let mut costs = vec![Vec::new(); FAILURES.len()];
    for _ in 0..RUNS {
        for (index, (_, make)) in FAILURES.iter().enumerate() {
            let job = job(*make);
            let Some(before) = processor_time() else { return };
            let computed = run(job, server_keys());
            costs[index].push(processor_time().map_or(Duration::ZERO, |after| after - before));
            drop(computed);
        }
    }
    let medians: Vec<u128> = costs.iter_mut().map(|costs| median(costs).as_nanos()).collect();
    let (least, most) = medians.iter().fold((u128::MAX, 0), |(least, most), cost| (least.min(*cost), most.max(*cost)));
    let names = FAILURES.map(|(name, _)| name);
    assert!(most * 100 <= least * (100 + TOLERANCE_PERCENT), "{names:?} cost {medians:?} ns");
}

fn median(costs: &mut [Duration]) -> Duration {
    costs.sort();
    costs[costs.len() / 2]
}
