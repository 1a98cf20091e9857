//! Server salts, derived from the auth key and the hour: nothing is stored, and a restart or another node knows them all.
//!
//! MTProto description, "Server salt": valid in its time and for 1,800 seconds after it.

use super::clock::ProtocolTime;
use super::limits::{FUTURE_SALTS_MAX, FUTURE_SALTS_MIN, SALT_EARLY_SECONDS, SALT_EPOCH_SECONDS, SALT_GRACE_SECONDS};

/// What salts are derived from; itself derived from the auth key, of which it reveals nothing.
#[derive(Clone, Copy)]
pub struct Salts {
    secret: [u8; 32],
    /// The salt that came out of the key exchange, and the second until which it is honoured.
    first: Option<(i64, i64)>,
}

impl std::fmt::Debug for Salts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Salts")
    }
}

/// One salt and the seconds in which it is honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FutureSalt {
    /// First second of its time.
    pub valid_since: i32,
    /// Last second in which it is honoured.
    pub valid_until: i32,
    /// The salt.
    pub salt: i64,
}

impl Salts {
    /// The salts of this auth key.
    #[must_use]
    pub fn of_key(auth_key: &[u8; 256]) -> Self {
        Self { secret: crypto::sha256(&[b"kentong server salts".as_slice(), auth_key.as_slice()]), first: None }
    }

    /// Also honours the salt of the key exchange, which ended now. Page "mtproto/auth_key", step 9: clients begin with it,
    /// and mtcute takes `bad_server_salt` in answer to `auth.bindTempAuthKey` for the end of the temporary key.
    #[must_use]
    pub fn with_first(self, salt: i64, now: ProtocolTime) -> Self {
        Self { first: Some((salt, now.seconds() + SALT_GRACE_SECONDS)), ..self }
    }

    /// The salt to announce now.
    #[must_use]
    pub fn current(&self, now: ProtocolTime) -> i64 {
        self.of_epoch(epoch(now.seconds()))
    }

    /// Whether a message with this salt is taken now.
    #[must_use]
    pub fn accepts(&self, salt: i64, now: ProtocolTime) -> bool {
        let seconds = now.seconds();
        salt == self.current(now)
            || salt == self.of_epoch(epoch(seconds - SALT_GRACE_SECONDS))
            || salt == self.of_epoch(epoch(seconds + SALT_EARLY_SECONDS))
            || self.first.is_some_and(|(first, until)| salt == first && seconds < until)
    }

    /// The current salt and those after it.
    pub fn future(&self, count: i32, now: ProtocolTime) -> impl ExactSizeIterator<Item = FutureSalt> + '_ {
        let first = epoch(now.seconds());
        (0..count.clamp(FUTURE_SALTS_MIN, FUTURE_SALTS_MAX)).map(move |step| self.future_salt(first + i64::from(step)))
    }

    fn future_salt(&self, epoch: i64) -> FutureSalt {
        let since = epoch * SALT_EPOCH_SECONDS;
        FutureSalt {
            valid_since: date(since),
            valid_until: date(since + SALT_EPOCH_SECONDS + SALT_GRACE_SECONDS),
            salt: self.of_epoch(epoch),
        }
    }

    /// Never 0: clients send 0 when they have none.
    fn of_epoch(&self, epoch: i64) -> i64 {
        let hash = crypto::sha256(&[self.secret.as_slice(), epoch.to_be_bytes().as_slice()]);
        let (head, _) = hash.split_first_chunk::<8>().expect("a hash has 32 bytes");
        i64::from_le_bytes(*head) | 1
    }
}

const fn epoch(seconds: i64) -> i64 {
    seconds.div_euclid(SALT_EPOCH_SECONDS)
}

fn date(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 1_700_000_000 / SALT_EPOCH_SECONDS * SALT_EPOCH_SECONDS;

    fn at(seconds: i64) -> ProtocolTime {
        ProtocolTime(seconds * 1000)
    }

    #[test]
    fn a_salt_is_honoured_in_its_time_and_1800_seconds_after() {
        let salts = Salts::of_key(&[1; 256]);
        let salt = salts.current(at(HOUR));
        for good in [-SALT_EARLY_SECONDS, 0, 1, 3599, 3600, 5399] {
            assert!(salts.accepts(salt, at(HOUR + good)), "{good}");
        }
        for bad in [-3600, -SALT_EARLY_SECONDS - 1, 5400, 5401, 7200, 86_400] {
            assert!(!salts.accepts(salt, at(HOUR + bad)), "{bad}");
        }
        let other = Salts::of_key(&[2; 256]);
        for bad in [0, 1, -1, salt ^ 2, other.current(at(HOUR)), salt.swap_bytes()] {
            assert!(!salts.accepts(bad, at(HOUR)), "{bad}");
        }
    }

    #[test]
    fn the_salt_of_the_key_exchange_is_honoured_for_a_while() {
        let salts = Salts::of_key(&[1; 256]).with_first(77, at(HOUR));
        assert!(salts.accepts(77, at(HOUR)) && salts.accepts(77, at(HOUR + 1799)));
        assert!(salts.accepts(salts.current(at(HOUR)), at(HOUR)));
        for bad in [1800, 1801, 3600, 86_400, 864_000] {
            assert!(!salts.accepts(77, at(HOUR + bad)), "{bad}");
        }
    }

    #[test]
    fn promised_salts_are_kept_and_never_fewer_than_two() {
        let salts = Salts::of_key(&[3; 256]);
        for (asked, got) in [(-1, 2), (0, 2), (1, 2), (2, 2), (10, 10), (64, 64), (65, 64), (i32::MAX, 64)] {
            let future: Vec<_> = salts.future(asked, at(HOUR + 5)).collect();
            assert_eq!(future.len(), got);
            for one in future {
                assert!(salts.accepts(one.salt, at(i64::from(one.valid_since))));
                assert!(salts.accepts(one.salt, at(i64::from(one.valid_until) - 1)));
                assert!(!salts.accepts(one.salt, at(i64::from(one.valid_until))));
            }
        }
    }
}
