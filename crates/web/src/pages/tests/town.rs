//! A server on the memory engine with people on it, and a browser that looks at its pages.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use parking_lot::Mutex;
use platform::media::uploads::PartOf;
use platform::media::{Photo, UploadedFile};
use platform::people::person::ProfileEdit;
use platform::people::photos::PhotoSlot;
use platform::settings::{CodeDelivery, DeliveryError};
use platform::{AuthKeyId, AuthKeyKind, NewAuthKey, Platform, Ports, Runtime, Settings, StoredKey, UserId};
use tower::ServiceExt;

use crate::{Facts, Guide};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PNG: &[u8] = include_bytes!("../../../../../fuzz/corpus/pictures/png");

/// A clock that stands, dice that fall the same way in every run, and the last code sent.
#[derive(Default)]
struct World {
    dice: AtomicU64,
    code: Mutex<String>,
}

impl Runtime for World {
    fn now_ms(&self) -> i64 {
        1_800_000_000_000
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let word = self.dice.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = (word >> 56) as u8;
        }
    }
}

impl CodeDelivery for World {
    fn deliver<'a>(&'a self, _phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        code.clone_into(&mut self.code.lock());
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        false
    }
}

pub(super) struct Town {
    pub(super) platform: Platform,
    world: Arc<World>,
    keys: AtomicI64,
    facts: Facts,
}

impl Town {
    pub(super) async fn start() -> Self {
        let world = Arc::new(World::default());
        let settings = Settings { code_delivery: world.clone(), ..Settings::default() };
        let ports = Ports::memory(store::Store::memory(), bus::Bus::in_process(), world.clone());
        let platform = Platform::open(ports, settings).await.expect("the memory engine opens");
        Self { platform, world, keys: AtomicI64::new(0), facts: facts() }
    }

    /// The same town, found under another address.
    pub(super) fn at(mut self, base_url: &str) -> Self {
        base_url.clone_into(&mut self.facts.base_url);
        self
    }

    pub(super) async fn person(&self, first_name: &str, last_name: &str, username: &str) -> UserId {
        let number = self.keys.fetch_add(1, Ordering::Relaxed) + 1;
        let key = zeroize::Zeroizing::new([number as u8; 256]);
        let new = NewAuthKey { id: AuthKeyId(number), key, kind: AuthKeyKind::Permanent, dialled_dc: None };
        let StoredKey::Stored(key) = self.platform.store_auth_key(new).await.unwrap() else { panic!("the key is new") };
        let phone = format!("1555{number:04}");
        let sent = self.platform.send_code(&phone, key.id, HOME).await.unwrap();
        let code = self.world.code.lock().clone();
        self.platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await.unwrap();
        let id = self.platform.sign_up(&key, &phone, &sent.hash, (first_name, last_name), HOME).await.unwrap();
        if !username.is_empty() {
            self.platform.update_username(id, username, None).await.unwrap();
        }
        id
    }

    pub(super) async fn about(&self, id: UserId, about: &str) {
        let edit = ProfileEdit { about: Some(about.to_owned()), ..ProfileEdit::default() };
        self.platform.update_profile(id, edit, None).await.unwrap();
    }

    pub(super) async fn photo(&self, id: UserId, slot: PhotoSlot) -> Photo {
        let file_id = self.keys.fetch_add(1, Ordering::Relaxed);
        let part = PartOf { file_id, part: 0, total: None, bytes: Bytes::from_static(PNG) };
        self.platform.save_part(id, part).await.unwrap();
        let file = UploadedFile { file_id, parts: 1, md5: None, big: false };
        let photo = self.platform.create_profile_photo(id, &file).await.unwrap();
        self.platform.show_photo(id, &photo, slot, None).await.unwrap();
        photo
    }

    pub(super) async fn get(&self, path: &str) -> Page {
        self.look(Request::get(path)).await
    }

    /// The same by somebody at this address.
    pub(super) async fn get_from(&self, path: &str, ip: IpAddr) -> Page {
        self.look(Request::get(path).extension(ip)).await
    }

    pub(super) async fn look(&self, request: axum::http::request::Builder) -> Page {
        let router = super::super::router(&self.facts, self.platform.clone(), crate::Status::new(Vec::new));
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Page { status: parts.status, headers: parts.headers, bytes }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Bytes,
}

impl Page {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("pages are text")
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.text().contains(part)
    }

    pub(super) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

fn facts() -> Facts {
    Facts {
        name: "Kentong",
        version: "0.0.0",
        fingerprint: "00ff00ff00ff00ff".into(),
        addresses: vec!["203.0.113.1:4430".into()],
        public_pem: "-----BEGIN RSA PUBLIC KEY-----\nMIIB\n".into(),
        dc: 2,
        base_url: "http://203.0.113.1:4430/".into(),
        guides: vec![Guide { slug: "telethon".into(), name: "Telethon".into(), text: "print('<ready>')\n".into() }],
    }
}
