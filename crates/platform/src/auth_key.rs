//! What is known of one auth key while it is in use.

use std::sync::atomic::{AtomicI32, Ordering};

use parking_lot::RwLock;

use crate::ids::{AuthKeyId, UserId};

/// One auth key as the cache holds it; sign-in and sign-out update it in place.
pub struct AuthKeyState {
    /// Its id on the wire.
    pub id: AuthKeyId,
    layer: AtomicI32,
    user: RwLock<Option<UserId>>,
}

impl AuthKeyState {
    /// A key nobody has signed in with yet.
    #[must_use]
    pub fn new(id: AuthKeyId) -> Self {
        Self { id, layer: AtomicI32::new(0), user: RwLock::new(None) }
    }

    /// Who is signed in with this key.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        *self.user.read()
    }

    /// The layer last announced, 0 when none was.
    #[must_use]
    pub fn layer(&self) -> i32 {
        self.layer.load(Ordering::Relaxed)
    }
}
