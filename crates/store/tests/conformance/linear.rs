//! Histories of concurrent commits and reads, each checked for an order that explains it.
//!
//! Every call notes when it began and when it returned. The history is right if all calls can be put into one order in which
//! no call comes before one that had returned before it began, every commit did what its checks say, and every read saw
//! all of one moment (Herlihy and Wing's linearizability, found by Wing and Gong's search with a memory of dead ends).

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Batch, Check, Class, Key, Owner, Store, StoreError};

use crate::support::record;

const REGISTERS: usize = 3;
const CLIENTS: u64 = 6;
/// At most 128 calls a history: they are counted in the bits of a number.
const CALLS_EACH: usize = 20;
const HISTORIES: u64 = 6;

/// The version of each register; 0 where there is none. Every write has a version of its own.
type Versions = [u64; REGISTERS];

#[derive(Clone, Debug)]
struct Call {
    began: u64,
    returned: u64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Read(Versions),
    /// Registers with the version they must have, registers with the one they get, and whether it was written.
    Commit {
        checks: Vec<(usize, u64)>,
        puts: Vec<(usize, u64)>,
        is_written: bool,
    },
}

impl What {
    /// The versions after it, if it can have happened at this moment.
    fn apply(&self, versions: Versions) -> Option<Versions> {
        match self {
            Self::Read(seen) => (*seen == versions).then_some(versions),
            Self::Commit { checks, puts, is_written } => {
                let holds = checks.iter().all(|(register, version)| versions[*register] == *version);
                if holds != *is_written {
                    return None;
                }
                let mut after = versions;
                puts.iter().filter(|_| holds).for_each(|(register, version)| after[*register] = *version);
                Some(after)
            }
        }
    }
}

/// Whether some order explains the history.
fn is_linearizable(calls: &[Call]) -> bool {
    assert!(calls.len() <= 128, "they are counted in the bits of a number");
    let all = if calls.len() == 128 { u128::MAX } else { (1 << calls.len()) - 1 };
    let mut dead_ends = HashSet::new();
    let mut open = vec![(0_u128, [0; REGISTERS])];
    while let Some((done, versions)) = open.pop() {
        if done == all {
            return true;
        }
        if !dead_ends.insert((done, versions)) {
            continue;
        }
        let is_left = |number: &usize| done & (1 << number) == 0;
        let first_return = (0..calls.len()).filter(is_left).map(|number| calls[number].returned).min();
        for number in (0..calls.len()).filter(is_left) {
            if Some(calls[number].began) < first_return
                && let Some(after) = calls[number].what.apply(versions)
            {
                open.push((done | 1 << number, after));
            }
        }
    }
    false
}

/// A client with what it believes, which may be out of date.
struct Client {
    store: Store,
    clock: Arc<AtomicU64>,
    keys: [Key; REGISTERS],
    dice: ChaCha8Rng,
    believed: Versions,
}

impl Client {
    async fn run(mut self) -> Vec<Call> {
        let mut calls = Vec::new();
        for _ in 0..CALLS_EACH {
            let began = self.clock.fetch_add(1, Ordering::SeqCst);
            let what = if self.dice.random_bool(0.4) { self.read().await } else { self.commit().await };
            let returned = self.clock.fetch_add(1, Ordering::SeqCst);
            calls.push(Call { began, returned, what });
            tokio::task::yield_now().await;
        }
        calls
    }

    async fn read(&mut self) -> What {
        let found = self.store.get_many(&self.keys).await.expect("reads");
        for (believed, found) in self.believed.iter_mut().zip(found) {
            *believed = found.map_or(0, |record| record.version);
        }
        What::Read(self.believed)
    }

    async fn commit(&mut self) -> What {
        let mut batch = Batch::new(Class::C1);
        let (mut checks, mut puts) = (Vec::new(), Vec::new());
        for register in 0..REGISTERS {
            let believed = self.believed[register];
            if self.dice.random_bool(0.4) {
                checks.push((register, believed));
                let key = self.keys[register].clone();
                batch.checks.push(if believed == 0 { Check::Absent(key) } else { Check::Version(key, believed) });
            }
            if self.dice.random_bool(0.5) {
                let version = self.clock.fetch_add(1, Ordering::SeqCst) + 1;
                puts.push((register, version));
                batch.puts.push((self.keys[register].clone(), record(version, &version.to_be_bytes())));
            }
        }
        let is_written = match self.store.commit(batch).await {
            Ok(()) => true,
            Err(StoreError::Conflict) => false,
            Err(other) => panic!("only conflicts are expected: {other}"),
        };
        puts.iter().filter(|_| is_written).for_each(|(register, version)| self.believed[*register] = *version);
        What::Commit { checks, puts, is_written }
    }
}

pub async fn some_order_explains_every_history(store: Store) {
    for history in 0..HISTORIES {
        let clock = Arc::new(AtomicU64::new(0));
        let key = |register: usize| Key::new(&Owner::new(register as u8, &history.to_be_bytes()), b"register");
        let clients = (0..CLIENTS).map(|client| Client {
            store: store.clone(),
            clock: Arc::clone(&clock),
            keys: std::array::from_fn(key),
            dice: ChaCha8Rng::seed_from_u64(history * CLIENTS + client),
            believed: [0; REGISTERS],
        });
        let running = clients.map(|client| tokio::spawn(client.run())).collect::<Vec<_>>();
        let mut calls = Vec::new();
        for client in running {
            calls.extend(client.await.expect("no client panics"));
        }
        assert!(is_linearizable(&calls), "no order explains history {history}: {calls:#?}");
    }
}

fn commit(began: u64, returned: u64, from: u64, to: u64) -> Call {
    Call { began, returned, what: What::Commit { checks: vec![(0, from)], puts: vec![(0, to)], is_written: true } }
}

fn read(began: u64, returned: u64, seen: u64) -> Call {
    Call { began, returned, what: What::Read([seen, 0, 0]) }
}

#[test]
fn what_no_order_explains_is_found() {
    assert!(is_linearizable(&[commit(0, 1, 0, 7), read(2, 3, 7)]));
    assert!(is_linearizable(&[commit(0, 9, 0, 7), read(2, 3, 0), read(4, 5, 7)]), "it was written in between");
    assert!(!is_linearizable(&[commit(0, 1, 0, 7), read(2, 3, 0)]), "a read behind the commit that misses it");
    assert!(!is_linearizable(&[commit(0, 9, 0, 7), read(2, 3, 7), read(4, 5, 0)]), "a read that goes back in time");
    assert!(!is_linearizable(&[commit(0, 5, 0, 7), commit(1, 6, 0, 8)]), "both found it absent: a lost update");
    let torn = Call {
        began: 0,
        returned: 9,
        what: What::Commit { checks: vec![], puts: vec![(0, 7), (1, 7)], is_written: true },
    };
    assert!(!is_linearizable(&[torn, read(1, 2, 7)]), "half of a batch was seen");
}
