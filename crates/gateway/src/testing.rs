//! Helpers of this crate's tests.

use std::sync::Arc;

use mtproto::session::{ProtocolTime, Session};
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey};

use crate::live::{KeyHandle, LiveSession};

/// A key of these bytes that no store knows.
pub(crate) fn key_handle(byte: u8) -> Arc<KeyHandle> {
    let auth = mtproto::envelope::AuthKey::from_bytes(&[byte; 256]);
    let new = NewAuthKey {
        id: AuthKeyId(auth.id()),
        key: crypto::Zeroizing::new([byte; 256]),
        kind: AuthKeyKind::Permanent,
        dialled_dc: None,
    };
    let salts = mtproto::session::Salts::of_key(&[byte; 256]);
    Arc::new(KeyHandle::new(Arc::new(AuthKeyState::detached(new, 0)), salts))
}

/// A session under this key that no connection carries.
pub(crate) fn session(key: &Arc<KeyHandle>) -> Arc<LiveSession> {
    let protocol = Session::new(7, 1, key.salts).expect("7 is a session's number");
    Arc::new(LiveSession::new(key.clone(), protocol, ProtocolTime(1_700_000_000_000), Arc::default()))
}
