//! The salts that came out of key exchanges on this node: clients begin with them, before they know any other.

use std::collections::HashMap;

use mtproto::session::{ProtocolTime, Salts};
use parking_lot::Mutex;

use crate::limits::{FIRST_SALT_KEPT_MS, FIRST_SALTS};

/// By key, with the time of the exchange. A client whose salt fell out is told the right one.
#[derive(Default)]
pub(crate) struct FirstSalts(Mutex<HashMap<i64, (i64, ProtocolTime)>>);

impl FirstSalts {
    /// Remembers the salt of a key that was made now.
    pub(crate) fn keep(&self, key_id: i64, salt: i64, now: ProtocolTime) {
        let mut salts = self.0.lock();
        if salts.len() < FIRST_SALTS {
            salts.insert(key_id, (salt, now));
        }
    }

    /// The salts of a key, the first included if it is still good.
    pub(crate) fn of_key(&self, key_id: i64, key: &[u8; 256]) -> Salts {
        let salts = Salts::of_key(key);
        match self.0.lock().get(&key_id) {
            Some((salt, made)) => salts.with_first(*salt, *made),
            None => salts,
        }
    }

    /// Forgets those that are good no more.
    pub(crate) fn sweep(&self, now: ProtocolTime) {
        self.0.lock().retain(|_, (_, made)| now.0 - made.0 < FIRST_SALT_KEPT_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_salt_of_a_key_is_honoured_and_forgotten() {
        let (salts, made) = (FirstSalts::default(), ProtocolTime(1_700_000_000_000));
        salts.keep(5, 77, made);
        assert!(salts.of_key(5, &[1; 256]).accepts(77, made));
        assert!(!salts.of_key(6, &[1; 256]).accepts(77, made));
        salts.sweep(ProtocolTime(made.0 + FIRST_SALT_KEPT_MS));
        assert!(!salts.of_key(5, &[1; 256]).accepts(77, made));
    }
}
