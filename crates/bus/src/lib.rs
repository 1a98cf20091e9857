//! Who must hear about what. The bus carries signals only and may lose, double or reorder any of them: nothing that
//! matters depends on a signal arriving, because heads of locally online owners are read again every few seconds.
//!
//! [`Bus`] is the port. [`Bus::in_process`] reaches every listener of this process; [`Bus::faulty`] does the same while
//! dropping, doubling and reordering by a seed, so that tests prove the sentence above. A listener that does not keep up
//! loses signals (counted), never the publisher's time. The bus keeps no history and acknowledges nothing.

mod faulty;
mod in_process;
pub mod limits;

use bytes::Bytes;

pub use faulty::Rates;
pub use in_process::Listener;
pub use limits::EPHEMERAL_MAX_BYTES;

use faulty::Mischief;
use in_process::Listeners;

/// A bus; clones share it.
#[derive(Clone, Debug)]
pub struct Bus {
    listeners: Listeners,
    mischief: Option<Mischief>,
}

impl Bus {
    /// A bus within this process that loses signals only where a listener is too slow.
    #[must_use]
    pub fn in_process() -> Self {
        Self { listeners: Listeners::default(), mischief: None }
    }

    /// A bus within this process that drops, doubles and reorders; the same seed and calls give the same mischief.
    #[must_use]
    pub fn faulty(seed: u64) -> Self {
        Self::faulty_with(seed, Rates::default())
    }

    /// The same with other rates.
    #[must_use]
    pub fn faulty_with(seed: u64, rates: Rates) -> Self {
        Self { listeners: Listeners::default(), mischief: Some(Mischief::new(seed, rates)) }
    }

    /// Tells every listener, without waiting for any.
    pub fn publish(&self, signal: Signal) {
        if signal.is_too_large() {
            metrics::BUS_DROPPED.inc();
            tracing::warn!("an ephemeral payload over the limit was dropped");
            return;
        }
        metrics::BUS_PUBLISHED.inc();
        match &self.mischief {
            None => self.listeners.tell(&signal),
            Some(mischief) => mischief.pass_on(signal, |signal| self.listeners.tell(signal)),
        }
    }

    /// Hears what is published from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        self.listeners.add()
    }
}

/// One signal. Identifiers are plain numbers: the bus knows no meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The mailbox of this user moved: read it again from your cursor.
    Moved {
        /// The user whose mailbox moved.
        user_id: i64,
        /// The device whose own call was all that moved it, if so: the result tells that one.
        by: Option<i64>,
    },
    /// Something not stored (typing, online status) for this user's screens; the platform encodes and decodes it.
    Ephemeral {
        /// Whose screens.
        user_id: i64,
        /// Encoded by `platform::ephemeral`; at most [`limits::EPHEMERAL_MAX_BYTES`].
        payload: Bytes,
    },
    /// Somebody let in the device that shows a login token under this key: it may ask what became of it.
    LoginToken {
        /// The key of its sessions: a temporary one where it uses such.
        auth_key_id: i64,
    },
    /// What is known of this auth key (sign-in, sign-out, ban, destroyed key) changed: read it again.
    KeyChanged {
        /// The permanent key.
        auth_key_id: i64,
    },
}

impl Signal {
    fn is_too_large(&self) -> bool {
        matches!(self, Self::Ephemeral { payload, .. } if payload.len() > limits::EPHEMERAL_MAX_BYTES)
    }
}
