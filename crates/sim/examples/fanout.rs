//! Measures what it costs to bring what is said in a group into its members' mailboxes:
//! `cargo run --release -p sim --example fanout [FOLDER]`, on the engine that servers run on.
//!
//! A few of 200 members say something, each as fast as they hear back; each message is 199 deliveries. Processor time is that of
//! this process: planning, the engine and its disk. Nothing is rendered or written to sockets here.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bus::Bus;
use futures::future::{BoxFuture, join_all};
use parking_lot::Mutex;
use platform::chats::Title;
use platform::mailbox::Flags;
use platform::messages::Outgoing;
use platform::settings::{CodeDelivery, DeliveryError};
use platform::{
    Actor, AuthKeyId, AuthKeyKind, NewAuthKey, Peer, Platform, Ports, Runtime, Settings, StoredKey, UserId,
};
use rand::RngExt as _;
use store::{EmbeddedOptions, Store};
use zeroize::Zeroizing;

const MEMBERS: usize = 200;
const AUTHORS: usize = 16;
const MESSAGES_EACH: i64 = 60;
const ROUNDS: usize = 3;
const TEXT: &str = "the drum is beaten three times, and whoever hears it beats his own, until the whole village knows";
const HOME: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
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

/// Codes come back to whoever asked.
#[derive(Default)]
struct Letterbox(Mutex<String>);

impl CodeDelivery for Letterbox {
    fn deliver<'a>(&'a self, _phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        code.clone_into(&mut self.0.lock());
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        false
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let parent = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(parent).expect("a temporary folder");
    let store = Store::open_embedded(folder.path(), EmbeddedOptions::default()).expect("opens");
    let letterbox = Arc::new(Letterbox::default());
    let settings = Settings { code_delivery: letterbox.clone(), ..Settings::default() };
    let ports = Ports::memory(store.clone(), Bus::in_process(), Arc::new(Machine(Instant::now())));
    let platform = Platform::open(ports, settings).await.expect("opens");
    let mut people = Vec::new();
    for number in 0..MEMBERS {
        people.push(sign_up(&platform, &letterbox, i64::try_from(number).unwrap_or(0) + 1).await);
    }
    let title = Title::parse("Kampung").expect("a title");
    let made = platform.create_chat(Actor::server(people[0]), title, &people[1..]).await.expect("is made");
    for round in 0..ROUNDS {
        measure(&platform, made.chat.id, &people, round).await;
    }
    drop(platform);
    store.close();
}

async fn measure(platform: &Platform, chat: i64, people: &[UserId], round: usize) {
    let (began, cpu) = (Instant::now(), own_cpu_seconds());
    let first = i64::try_from(round).unwrap_or(0) * MESSAGES_EACH + 1;
    let authors = people.iter().take(AUTHORS).map(|author| tokio::spawn(say(platform.clone(), *author, chat, first)));
    for author in join_all(authors).await {
        author.expect("an author ends");
    }
    let messages = (AUTHORS as f64) * (MESSAGES_EACH as f64);
    let deliveries = messages * (people.len() - 1) as f64;
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), own_cpu_seconds() - cpu);
    let line = format!(
        "{:.0} messages/s, {:.0} deliveries/s; {:.1} us of CPU a delivery, {:.0} deliveries per CPU second",
        messages / seconds,
        deliveries / seconds,
        cpu * 1e6 / deliveries,
        deliveries / cpu,
    );
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn say(platform: Platform, author: UserId, chat: i64, first: i64) {
    for random_id in first..first + MESSAGES_EACH {
        let outgoing = Outgoing {
            peer: Peer::Chat(chat),
            text: TEXT.to_owned(),
            entities: Vec::new(),
            random_id,
            reply: None,
            flags: Flags::default(),
            media: None,
            clear_draft: false,
        };
        platform.send_message(Actor::server(author), outgoing).await.expect("is sent");
    }
}

async fn sign_up(platform: &Platform, letterbox: &Letterbox, number: i64) -> UserId {
    let key = Zeroizing::new([7; 256]);
    let new = NewAuthKey { id: AuthKeyId(number), key, kind: AuthKeyKind::Permanent, dialled_dc: Some(2) };
    let StoredKey::Stored(key) = platform.store_auth_key(new).await.expect("is stored") else { panic!("it exists") };
    let phone = format!("1555{number:06}");
    let sent = platform.send_code(&phone, key.id, HOME).await.expect("a code is sent");
    let code = letterbox.0.lock().clone();
    platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await.expect("the code is right");
    platform.sign_up(&key, &phone, &sent.hash, ("Warga", ""), HOME).await.expect("signs up")
}

/// Processor time of this process so far, user and system.
fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| after_name.split_whitespace().nth(field).and_then(|word| word.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_SECOND
}
