//! Devices that call a server on the memory engine: requests go in as bytes and come out as values, as a client sees them.
#![allow(dead_code, reason = "each story uses its part")]

mod world;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use api::{Api, ApiSettings, Caller, RpcError};
use bus::Bus;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey, Platform, Settings, StoredKey};
use store::Store;
use tl::{Deserializable, RemoteCall, enums, functions, types};

pub use world::World;

/// A server.
pub struct Server {
    pub api: Api,
    pub world: Arc<World>,
    devices: AtomicI64,
}

/// A device with its key and its one session.
#[derive(Clone)]
pub struct Device {
    pub api: Api,
    pub world: Arc<World>,
    pub caller: Caller,
}

impl Server {
    pub async fn start() -> Self {
        let world = World::new(false);
        let settings = Settings { code_delivery: world.clone(), ..Settings::default() };
        let bus = Bus::in_process();
        let platform =
            Platform::open(platform::Ports::memory(Store::memory(), bus.clone(), world.clone()), settings).await;
        let platform = platform.expect("the memory engine opens");
        Self { api: Api::new(platform, bus, ApiSettings::default()), world, devices: AtomicI64::new(0) }
    }

    pub async fn device(&self) -> Device {
        self.device_of_kind(AuthKeyKind::Permanent).await
    }

    pub async fn device_of_kind(&self, kind: AuthKeyKind) -> Device {
        self.new_device(kind, None).await
    }

    /// A device whose key exchange named another DC than the home one.
    pub async fn device_at(&self, dc_id: i32) -> Device {
        self.new_device(AuthKeyKind::Permanent, Some(dc_id)).await
    }

    async fn new_device(&self, kind: AuthKeyKind, dialled_dc: Option<i32>) -> Device {
        let number = self.devices.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = [u8::try_from(number).expect("a story has few devices"); 256];
        let id = AuthKeyId(mtproto::envelope::AuthKey::from_bytes(&bytes).id());
        let new = NewAuthKey { id, key: zeroize::Zeroizing::new(bytes), kind, dialled_dc };
        let StoredKey::Stored(key) = self.api.platform().store_auth_key(new).await.expect("the store works") else {
            panic!("the key is new");
        };
        Device { api: self.api.clone(), world: self.world.clone(), caller: caller(key, kind) }
    }

    /// Somebody signs up on a device of their own.
    pub async fn sign_up(&self, phone: &str, first_name: &str) -> Device {
        let device = self.device().await;
        let hash = device.send_code(phone).await.expect("a code is sent").phone_code_hash;
        device.sign_in(phone, &hash, &self.last_code()).await.expect("the code is right");
        device.sign_up(phone, &hash, first_name).await.expect("the name is free");
        device
    }

    pub fn last_code(&self) -> String {
        self.world.last_code()
    }
}

fn caller(key: Arc<AuthKeyState>, kind: AuthKeyKind) -> Caller {
    let temp_key_id = (kind != AuthKeyKind::Permanent).then_some(key.id);
    Caller {
        key,
        temp_key_id,
        session_id: 77,
        msg_id: 4,
        layer: tl::LAYER,
        ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        dialled_dc: Some(2),
        without_updates: false,
    }
}

impl Device {
    /// Calls a method as a client does.
    pub async fn call<R: RemoteCall>(&self, request: &R) -> Result<R::Return, RpcError> {
        let answer = self.api.call(&self.caller, &request.to_bytes()).await?;
        Ok(R::Return::from_bytes(&answer).expect("the answer is what the method promises"))
    }

    /// Calls an extension at the caller's layer, as any client library can.
    pub async fn extension(&self, name: &str, params: serde_json::Value) -> Result<serde_json::Value, RpcError> {
        let params = types::DataJson { data: params.to_string() }.into();
        let request = functions::bots::SendCustomRequest { custom_method: name.to_owned(), params };
        let enums::DataJson::Json(answer) = self.call(&request).await?;
        Ok(serde_json::from_str(&answer.data).expect("the answer is JSON"))
    }

    pub async fn send_code(&self, phone: &str) -> Result<types::auth::SentCode, RpcError> {
        match self.call(&testing_requests::send_code(phone)).await? {
            enums::auth::SentCode::Code(sent) => Ok(sent),
            other => panic!("a sent code, not {other:?}"),
        }
    }

    pub async fn sign_in(&self, phone: &str, hash: &str, code: &str) -> Result<enums::auth::Authorization, RpcError> {
        self.call(&testing_requests::sign_in(phone, hash, code)).await
    }

    pub async fn sign_up(&self, phone: &str, hash: &str, name: &str) -> Result<enums::auth::Authorization, RpcError> {
        self.call(&testing_requests::sign_up(phone, hash, name)).await
    }

    /// The person signed in here, as they see themselves.
    pub async fn me(&self) -> types::User {
        let request = functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
        only_user(self.call(&request).await.expect("somebody is signed in"))
    }

    /// Somebody as this device's person sees them.
    pub async fn see(&self, phone: &str) -> types::User {
        let request = functions::contacts::ResolvePhone { phone: phone.to_owned() };
        let enums::contacts::ResolvedPeer::Peer(found) = self.call(&request).await.expect("they are here");
        only_user(found.users)
    }
}

/// The one user of a list.
pub fn only_user(mut users: Vec<enums::User>) -> types::User {
    assert_eq!(users.len(), 1);
    match users.remove(0) {
        enums::User::User(user) => user,
        enums::User::Empty(_) => panic!("a user, not an empty one"),
    }
}

/// How a client names a user it was shown.
pub fn input(user: &types::User) -> enums::InputUser {
    types::InputUser { user_id: user.id, access_hash: user.access_hash.expect("a whole user") }.into()
}

/// How a client names a dialog with a user it was shown.
pub fn input_peer(user: &types::User) -> enums::InputPeer {
    types::InputPeerUser { user_id: user.id, access_hash: user.access_hash.expect("a whole user") }.into()
}

/// The error of a call that had to fail, as clients see it.
pub fn error<T>(outcome: Result<T, RpcError>) -> (i32, String) {
    match outcome {
        Err(error) => (error.code, error.name.into_owned()),
        Ok(_) => panic!("it had to fail"),
    }
}

/// A documented pair.
pub fn pair(code: i32, name: &str) -> (i32, String) {
    (code, name.to_owned())
}
