//! People put into a data folder without clients: the platform, opened on the folder as the server opens it.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use platform::people::sign_in::SignedIn;
use platform::people::stewards::Steward;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey, Platform, Runtime, Settings, StoredKey};
use store::datadir::DataDir;
use store::{EmbeddedOptions, Store};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A moment that stands still, and the system's randomness.
struct Moment;

impl Runtime for Moment {
    fn now_ms(&self) -> i64 {
        1_800_000_000_000
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the system has randomness");
    }
}

/// Has these people sign up (or ask to), each with a device of their own; gives what became of it.
pub fn sign_up(data: &Path, people: &[(&str, &str)]) -> Vec<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = DataDir::open(data).expect("the folder is free");
        let store = Store::open_embedded(&folder.store_path(), EmbeddedOptions::default()).expect("the store opens");
        let platform = Platform::open(
            platform::Ports::memory(store.clone(), bus::Bus::in_process(), Arc::new(Moment)),
            Settings::default(),
        );
        let platform = platform.await.expect("the platform opens");
        let mut came_in = Vec::new();
        for (phone, name) in people {
            came_in.push(one(&platform, phone, name).await);
        }
        store.close();
        came_in
    })
}

async fn one(platform: &Platform, phone: &str, name: &str) -> bool {
    let key = device(platform).await;
    let sent = platform.send_code(phone, key.id, HOME).await.expect("a code is sent");
    let code = platform.admin_code(Steward::Local, phone).await.expect("the store works").expect("a code is under way");
    match platform.sign_in(&key, phone, &sent.hash, &code, HOME).await.expect("the code is right") {
        SignedIn::SignUpRequired => platform.sign_up(&key, phone, &sent.hash, (name, ""), HOME).await.is_ok(),
        _ => true,
    }
}

async fn device(platform: &Platform) -> Arc<AuthKeyState> {
    let mut bytes = crypto::Zeroizing::new([0; 256]);
    Moment.fill_random(&mut *bytes);
    let id = AuthKeyId(i64::from(bytes[0]) << 8 | i64::from(bytes[1]));
    let key = NewAuthKey { id, key: bytes, kind: AuthKeyKind::Permanent, dialled_dc: None };
    match platform.store_auth_key(key).await.expect("the store works") {
        StoredKey::Stored(state) => state,
        StoredKey::Collides => panic!("the key exists"),
    }
}
