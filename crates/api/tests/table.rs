//! Every method of the table, with random contents by the schema, signed in and not: a whole result or a documented
//! error, never a panic, never silence, never a 500.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod emitted;
#[path = "devices/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use api::{Api, ApiSettings, Caller, Reply, RpcError, Status};
use bus::Bus;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey, Platform, Settings, StoredKey};
use store::Store;
use tl::sample::Sampler;
use tl::schema::{self, Definition, HOME_LAYER, Kind};
use world::World;

/// Random requests per method, signed in.
const ROUNDS: u32 = 12;
/// What lets a random request past the first check of whom it is about.
const FAMILIAR: &[&str] = &["inputPeerSelf", "inputUserSelf", "inputDialogPeer", "inputMessageID", "inputNotifyPeer"];
/// TDLib 1.8.69, the home layer, Telethon, mtcute, GramJS, Pyrogram, Debian's desktop client.
const LAYERS: [i32; 7] = [232, HOME_LAYER, 229, 227, 198, 158, 152];
/// No method takes this long on the memory engine.
const HANG: Duration = Duration::from_secs(20);
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server and the devices that call it.
struct Server {
    api: Api,
    world: Arc<World>,
    devices: i64,
}

impl Server {
    async fn start() -> Self {
        let world = World::new(true);
        let settings = Settings { code_delivery: world.clone(), ..Settings::default() };
        let bus = Bus::in_process();
        let platform =
            Platform::open(platform::Ports::memory(Store::memory(), bus.clone(), world.clone()), settings).await;
        let platform = platform.expect("the memory engine opens");
        Self { api: Api::new(platform, bus, ApiSettings::default()), world, devices: 0 }
    }

    async fn device(&mut self) -> Arc<AuthKeyState> {
        self.devices += 1;
        let id = AuthKeyId(self.devices);
        let key = zeroize::Zeroizing::new([self.devices as u8; 256]);
        let new = NewAuthKey { id, key, kind: AuthKeyKind::Permanent, dialled_dc: Some(2) };
        match self.api.platform().store_auth_key(new).await {
            Ok(StoredKey::Stored(state)) => state,
            _ => panic!("key {id} is new"),
        }
    }

    /// Somebody new on a device of their own; a day later than everybody else, so that no limit of sign-ups is met.
    async fn sign_up(&mut self) -> Arc<AuthKeyState> {
        self.world.pass_seconds(86_400);
        let key = self.device().await;
        let phone = format!("1555{:07}", self.devices);
        let platform = self.api.platform();
        let sent = platform.send_code(&phone, key.id, HOME).await.expect("a code is sent");
        let code = self.world.last_code();
        platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await.expect("the code is right");
        platform.sign_up(&key, &phone, &sent.hash, ("Ani", ""), HOME).await.expect("signs up");
        key
    }

    /// One call, as a task of its own: a panic is told, not suffered.
    async fn call(&self, key: &Arc<AuthKeyState>, layer: i32, query: Vec<u8>) -> Result<Reply, String> {
        let caller = caller(key.clone(), layer);
        let api = self.api.clone();
        let task = tokio::spawn(async move { api.call(&caller, &query).await });
        match tokio::time::timeout(HANG, task).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(panic)) => Err(panic.to_string()),
            Err(_) => Err("hangs".to_owned()),
        }
    }
}

fn caller(key: Arc<AuthKeyState>, layer: i32) -> Caller {
    Caller {
        key,
        temp_key_id: None,
        session_id: 1,
        msg_id: 1,
        layer,
        ip: HOME,
        dialled_dc: Some(2),
        without_updates: false,
    }
}

fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state >> 3
    }
}

/// What is wrong with a reply, if anything.
fn fault(function: &Definition, layer: i32, reply: Result<Reply, String>) -> Option<String> {
    match reply {
        Ok(Ok(result)) => {
            let read = tl::check::value_at_layer(&result, function.result, tl::translate::served_layer(layer));
            let error = read.err().map(|error| format!("{} at {layer}: {error}", function.name));
            error.or_else(|| unheard_of(function, layer, &result))
        }
        Ok(Err(error)) => {
            let documented = [303, 400, 401, 403, 406, 420].contains(&error.code);
            (!documented).then(|| format!("{}: {error}", function.name))
        }
        Err(trouble) => Some(format!("{}: {trouble}", function.name)),
    }
}

/// Constructors that the golden corpus does not know of.
fn unheard_of(function: &Definition, layer: i32, result: &[u8]) -> Option<String> {
    let names = if layer == HOME_LAYER { emitted::unlisted(function.result, result) } else { Vec::new() };
    (!names.is_empty()).then(|| format!("{} emits {names:?}, which no source names", function.name))
}

fn real_functions() -> impl Iterator<Item = &'static Definition> {
    schema::functions().filter(|function| function.result != Kind::Query)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_answers_somebody_signed_in() {
    let mut server = Server::start().await;
    let mut key = server.sign_up().await;
    let mut faults = BTreeMap::new();
    for function in real_functions() {
        for round in 0..ROUNDS {
            if key.user_id().is_none() || key.is_destroyed() {
                key = server.sign_up().await;
            }
            let layer = LAYERS[round as usize % LAYERS.len()];
            let Some(asked) = schema::named(layer, function.name) else { continue };
            let query = Sampler::new(layer, numbers(function.id ^ round)).preferring(FAMILIAR).object(asked);
            if let Some(fault) = fault(asked, layer, server.call(&key, layer, query).await) {
                faults.insert(function.name, fault);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_answers_a_stranger() {
    let mut server = Server::start().await;
    let key = server.device().await;
    let mut faults = BTreeMap::new();
    for function in real_functions() {
        let query = Sampler::new(HOME_LAYER, numbers(function.id)).object(function);
        if let Some(fault) = fault(function, HOME_LAYER, server.call(&key, HOME_LAYER, query).await) {
            faults.insert(function.name, fault);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn bytes_that_are_no_request_get_the_documented_error() {
    let mut server = Server::start().await;
    let key = server.device().await;
    let unknown = 0x0bad_cafe_u32;
    let config = schema::named(HOME_LAYER, "help.getConfig").expect("help.getConfig").id;
    let cases = [
        (unknown.to_le_bytes().to_vec(), RpcError::unknown_method(unknown)),
        (vec![1, 2, 3], RpcError::INPUT_FETCH_ERROR),
        (schema::VECTOR_ID.to_le_bytes().to_vec(), RpcError::unknown_method(schema::VECTOR_ID)),
        ([config.to_le_bytes(), [0; 4]].concat(), RpcError::INPUT_REQUEST_TOO_LONG),
    ];
    for (query, error) in cases {
        assert_eq!(server.call(&key, HOME_LAYER, query).await, Ok(Err(error)));
    }
    let get_users = schema::named(HOME_LAYER, "users.getUsers").expect("users.getUsers");
    let query = Sampler::new(HOME_LAYER, numbers(3)).object(get_users);
    assert_eq!(server.call(&key, HOME_LAYER, query).await, Ok(Err(RpcError::AUTH_KEY_UNREGISTERED)));
}

#[test]
fn every_method_of_the_home_layer_is_in_the_table() {
    let names: Vec<&str> = api::methods().map(|(name, _)| name).collect();
    assert_eq!(names.len(), schema::functions().count());
    assert!(names.is_sorted());
    let count = |wanted| api::methods().filter(|(_, status)| *status == wanted).count();
    let counts = [Status::Real, Status::Empty, Status::Refused].map(count);
    assert_eq!(counts.iter().sum::<usize>(), names.len());
}

/// Coverage is a number: what has no handler of its own is a committed list. After a new row of the table, run with
/// `INSTA_UPDATE=always` and look at what the list lost.
#[test]
fn what_is_not_implemented_is_known() {
    let missing = api::methods().filter(|(_, status)| *status != Status::Real);
    let lines: String = missing.map(|(name, status)| format!("{} {name}\n", word_of(status))).collect();
    let count = |word: &str| lines.lines().filter(|line| line.starts_with(word)).count();
    let real = api::methods().count() - lines.lines().count();
    insta::assert_snapshot!(format!("real={real} empty={} refused={}\n{lines}", count("empty"), count("refused")));
}

fn word_of(status: Status) -> &'static str {
    match status {
        Status::Real => "real",
        Status::Empty => "empty",
        Status::Refused => "refused",
    }
}
