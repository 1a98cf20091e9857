//! Measures what it costs to bring a message into two mailboxes, folded into one batch and by letter:
//! `cargo run --release -p sim --example delivery [FOLDER]`, on the engine that servers run on.
//!
//! 64 people write to random others of 2,000, each as fast as they hear back, until so many messages were sent; the clock goes
//! on until the last of them has arrived. Processor time is printed beside the rates, because machines differ in how much
//! of it they have.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bus::Bus;
use futures::future::{FutureExt as _, join_all};
use platform::mailbox::Flags;
use platform::messages::Outgoing;
use platform::{Actor, Delivery, Peer, Platform, Ports, Runtime, Settings, UserId};
use rand::RngExt as _;
use store::{EmbeddedOptions, Store};

const SENDERS: i64 = 64;
const PEOPLE: i64 = 2_000;
const MESSAGES_EACH: i64 = 500;
const ROUNDS: usize = 3;
const TEXT: &str = "the drum is beaten three times, and whoever hears it beats his own, until the whole village knows";
/// A tick of the processor times that Linux tells, per second.
const TICKS_PER_SECOND: f64 = 100.0;

/// When the measurement is said to begin, Unix milliseconds.
const BEGINNING_MS: i64 = 1_800_000_000_000;

struct Machine(Instant);

impl Runtime for Machine {
    fn now_ms(&self) -> i64 {
        BEGINNING_MS + i64::try_from(self.0.elapsed().as_millis()).unwrap_or(0)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        rand::rng().fill(buffer);
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let parent = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    for _ in 0..ROUNDS {
        for delivery in [Delivery::Folded, Delivery::Outbox] {
            measure(&parent, delivery).await;
        }
    }
}

async fn measure(parent: &Path, delivery: Delivery) {
    let folder = tempfile::tempdir_in(parent).expect("a temporary folder");
    let store = Store::open_embedded(folder.path(), EmbeddedOptions::default()).expect("opens");
    let settings = Settings { delivery, ..Settings::default() };
    let ports = Ports::memory(store.clone(), Bus::in_process(), Arc::new(Machine(Instant::now())));
    let platform = Platform::open(ports, settings).await.expect("opens");
    let carried = platform.clone();
    let pause = |time: Duration| tokio::time::sleep(time).boxed();
    let carriers = tokio::spawn(async move { carried.run_outbox(pause).await });
    let (began, cpu) = (Instant::now(), own_cpu_seconds());
    let senders = (1..=SENDERS).map(|sender| tokio::spawn(send(platform.clone(), UserId(sender))));
    let mut waits: Vec<Duration> = Vec::new();
    for sender in join_all(senders).await {
        waits.extend(sender.expect("a sender ends"));
    }
    let acknowledged = began.elapsed();
    platform.drain_outbox().await.expect("letters are taken");
    let messages = waits.len() as f64;
    waits.sort_unstable();
    let at = |share: f64| waits.get((messages * share) as usize).map_or(0.0, |wait| wait.as_secs_f64() * 1e3);
    let line = format!(
        "{delivery:?}: {:.0} messages/s acknowledged, {:.0} arrived; p50/p99/p999 {:.1}/{:.1}/{:.1} ms; {:.0} us of CPU each",
        messages / acknowledged.as_secs_f64(),
        messages / began.elapsed().as_secs_f64(),
        at(0.5),
        at(0.99),
        at(0.999),
        (own_cpu_seconds() - cpu) * 1e6 / messages,
    );
    let _ = writeln!(std::io::stdout(), "{line}");
    carriers.abort();
    drop(platform);
    store.close();
}

async fn send(platform: Platform, sender: UserId) -> Vec<Duration> {
    let mut waits = Vec::new();
    for random_id in 1..=MESSAGES_EACH {
        let recipient = UserId(rand::rng().random_range(SENDERS + 1..=PEOPLE));
        let outgoing = Outgoing {
            peer: Peer::User(recipient),
            text: TEXT.to_owned(),
            entities: Vec::new(),
            random_id,
            reply: None,
            flags: Flags::default(),
            media: None,
            clear_draft: false,
        };
        let began = Instant::now();
        platform.send_message(Actor::server(sender), outgoing).await.expect("is sent");
        waits.push(began.elapsed());
    }
    waits
}

/// Processor time of this process so far, user and system.
fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| after_name.split_whitespace().nth(field).and_then(|word| word.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_SECOND
}
