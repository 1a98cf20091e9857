//! Measures durable commits: `cargo run --release -p kentong-store --example bench [embedded | postgres | URL] [FOLDER] [LANES]`.
//!
//! Without an argument both engines are measured, PostgreSQL as a private instance with its defaults (fsync on), written to
//! over as many connections as `LANES` says, or as servers use. 64
//! senders commit as fast as they hear back, for ten seconds each: batches with one key; the batches that the platform makes
//! of a private message (two records in each of two mailboxes) among 100,000 mailboxes, and to one mailbox; and those of a
//! message to a basic group of 200 (201 mailboxes in one batch). Processor time is printed beside the rates, because
//! machines differ in how much of it they have.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use store::{Batch, Chain, Class, EmbeddedOptions, Key, Owner, PostgresOptions, Store};
use testing_postgres::Instance;

const SENDERS: usize = 64;
const MAILBOXES: usize = 100_000;
const GROUP_MEMBERS: usize = 200;
const VALUE_BYTES: usize = 200;
const SECONDS: u64 = 10;
/// What the platform puts before the suffixes of messages and of the index.
const MESSAGE: u8 = 1;
const INDEX: u8 = 2;

/// What the senders do.
#[derive(Clone, Copy)]
enum Load {
    SingleKeys,
    Private,
    OneMailbox,
    Groups,
}

/// Where everybody's messages go.
struct World {
    store: Store,
    mailboxes: Vec<Mailbox>,
}

#[derive(Default)]
struct Mailbox {
    chain: Chain,
    last_id: AtomicU32,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let engine = arguments.next().unwrap_or_default();
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let lanes = arguments.next().map(|lanes| lanes.parse().expect("a number of lanes"));
    match engine.as_str() {
        "embedded" => embedded(&folder).await,
        "postgres" => private(&folder, lanes).await,
        "" => {
            embedded(&folder).await;
            private(&folder, lanes).await;
        }
        url => postgres(url, None, lanes).await,
    }
}

async fn embedded(parent: &Path) {
    let folder = tempfile::tempdir_in(parent).expect("a temporary folder");
    let started = Instant::now();
    let store = Store::open_embedded(folder.path(), EmbeddedOptions::default()).expect("opens");
    say(format_args!("embedded: opened in {:.1} ms", started.elapsed().as_secs_f64() * 1e3));
    let store = measure_all(store, None).await;
    say(format_args!("  resident {} KiB", resident_kib()));
    store.close();
    let opening = Instant::now();
    let store = Store::open_embedded(folder.path(), EmbeddedOptions::default()).expect("opens again");
    say(format_args!("  opened again in {:.0} ms", opening.elapsed().as_secs_f64() * 1e3));
    store.close();
}

async fn private(parent: &Path, lanes: Option<usize>) {
    let instance = Instance::start_in(parent, &[("max_wal_size", "4GB")]);
    postgres(&instance.socket_url(), Some(&instance), lanes).await;
}

async fn postgres(url: &str, instance: Option<&Instance>, lanes: Option<usize>) {
    let mut options = PostgresOptions::from_url(url).expect("a URL");
    options.lanes = lanes.unwrap_or(options.lanes);
    let store = Store::open_postgres(&options).await.expect("opens");
    say(format_args!("PostgreSQL: {}, {} lanes", options.place(), options.lanes));
    measure_all(store, instance).await.close();
}

async fn measure_all(store: Store, instance: Option<&Instance>) -> Store {
    let mailboxes = std::iter::repeat_with(Mailbox::default).take(MAILBOXES).collect();
    let world = Arc::new(World { store: store.clone(), mailboxes });
    for load in [Load::SingleKeys, Load::Private, Load::OneMailbox, Load::Groups] {
        measure(&world, load, instance).await;
    }
    store
}

async fn measure(world: &Arc<World>, load: Load, instance: Option<&Instance>) {
    let groups = metrics::STORE_GROUP_BATCHES.count();
    let (own, theirs) = (own_cpu_seconds(), instance.map_or(0.0, Instance::cpu_seconds));
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let senders = (0..SENDERS).map(|sender| tokio::spawn(send(Arc::clone(world), sender, load, until)));
    let mut times = Vec::new();
    for sender in senders.collect::<Vec<_>>() {
        times.extend(sender.await.expect("no sender panics"));
    }
    let per_message = |seconds: f64| seconds * 1e6 / times.len() as f64;
    let own = per_message(own_cpu_seconds() - own);
    let theirs = per_message(instance.map_or(0.0, Instance::cpu_seconds) - theirs);
    times.sort_unstable();
    let at = |share: usize| times[times.len() * share / 1_000].as_secs_f64() * 1e3;
    let groups = (metrics::STORE_GROUP_BATCHES.count() - groups).max(1);
    say(format_args!(
        "  {}: {} messages/s, p50 {:.2} ms, p99 {:.2} ms, p999 {:.2} ms, {} a group; CPU a message: {own:.0} us here, {theirs:.0} us PostgreSQL",
        load.name(),
        times.len() as u64 / SECONDS,
        at(500),
        at(990),
        at(999),
        times.len() as u64 / groups,
    ));
}

async fn send(world: Arc<World>, sender: usize, load: Load, until: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut state = sender as u64 + 1;
    while Instant::now() < until {
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % MAILBOXES
        };
        let batch = match load {
            Load::SingleKeys => world.single(random(), sender),
            Load::Private => world.message(&[random(), random()]),
            Load::OneMailbox => world.message(&[1 + sender, 0]),
            Load::Groups => world.message(&std::iter::repeat_with(random).take(GROUP_MEMBERS + 1).collect::<Vec<_>>()),
        };
        let started = Instant::now();
        world.store.commit(batch).await.expect("commits");
        times.push(started.elapsed());
    }
    times
}

impl Load {
    fn name(self) -> &'static str {
        match self {
            Self::SingleKeys => "one key, 100,000 mailboxes",
            Self::Private => "two records in each of two mailboxes, 100,000 mailboxes",
            Self::OneMailbox => "two records in each of two mailboxes, all to one mailbox",
            Self::Groups => "basic groups of 200, two records in each of 201 mailboxes",
        }
    }
}

impl World {
    fn single(&self, number: usize, sender: usize) -> Batch {
        let mut batch = Batch::new(Class::C1);
        let id = self.mailboxes[number].last_id.fetch_add(1, Ordering::Relaxed);
        batch.put_fresh(Key::new(&owner(number), &suffix(MESSAGE, 0, id)), vec![sender as u8; VALUE_BYTES]);
        batch
    }

    /// A message and something beside it: in each mailbox the message under its id, and an empty record.
    fn message(&self, numbers: &[usize]) -> Batch {
        let mut batch = Batch::new(Class::C1);
        for number in numbers {
            let mailbox = &self.mailboxes[*number];
            let id = mailbox.last_id.fetch_add(1, Ordering::Relaxed);
            batch.put_fresh(Key::new(&owner(*number), &suffix(MESSAGE, 0, id)), vec![id as u8; VALUE_BYTES]);
            batch.put_fresh(Key::new(&owner(*number), &suffix(INDEX, numbers[0], id)), Vec::new());
            batch.chains.push(mailbox.chain.clone());
        }
        batch
    }
}

fn owner(number: usize) -> Owner {
    Owner::new(1, &(number as u64).to_be_bytes())
}

fn suffix(kind: u8, peer: usize, id: u32) -> Vec<u8> {
    let peer: &[u8] = if kind == INDEX { &(peer as u64).to_be_bytes() } else { &[] };
    [&[kind][..], peer, &id.to_be_bytes()].concat()
}

fn say(line: std::fmt::Arguments<'_>) {
    writeln!(std::io::stdout(), "{line}").expect("somebody reads");
}

/// Processor time of this process, in seconds.
fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = fields.get(11..13).unwrap_or_default().iter().filter_map(|field| field.parse::<u64>().ok());
    ticks.sum::<u64>() as f64 / 100.0
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
