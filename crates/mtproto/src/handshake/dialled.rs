//! What the inner data of a key exchange says beside secrets: which data centre was dialled, and for how long.

use crate::limits::{DC_MAX, TEMPORARY_KEY_MAX_SECONDS};

/// Test data centres are numbered from here.
const TEST_OFFSET: i32 = 10_000;

/// The data centre that a client believes it talks to. Only the newer forms of the inner data say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialled {
    /// 1 to [`DC_MAX`].
    pub dc: i32,
    /// A connection for files only: the number was negative.
    pub is_media: bool,
    /// A test data centre: the number was over 10,000.
    pub is_test: bool,
}

impl Dialled {
    /// K7, page "mtproto/auth_key": media centres are negative, test centres have 10,000 added.
    #[must_use]
    pub fn from_wire(value: i32) -> Option<Self> {
        let number = value.checked_abs()?;
        let is_test = number > TEST_OFFSET;
        let dc = if is_test { number - TEST_OFFSET } else { number };
        (1..=DC_MAX).contains(&dc).then_some(Self { dc, is_media: value < 0, is_test })
    }

    /// The reverse of [`Dialled::from_wire`].
    #[must_use]
    pub fn to_wire(self) -> i32 {
        let number = if self.is_test { self.dc + TEST_OFFSET } else { self.dc };
        if self.is_media { -number } else { number }
    }
}

/// How long a key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is destroyed.
    Permanent,
    /// For this many seconds from its making; it has to be bound to a permanent key before use.
    Temporary {
        /// Seconds, 1 to [`TEMPORARY_KEY_MAX_SECONDS`].
        expires_in: i32,
    },
}

impl Lifetime {
    /// K7: a temporary key lives, and not too long.
    #[must_use]
    pub fn temporary(expires_in: i32) -> Option<Self> {
        (1..=TEMPORARY_KEY_MAX_SECONDS).contains(&expires_in).then_some(Self::Temporary { expires_in })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialled_centre_is_read_and_written_alike() {
        for (value, dc, is_media, is_test) in [
            (1, 1, false, false),
            (5, 5, false, false),
            (-2, 2, true, false),
            (10_003, 3, false, true),
            (-10_004, 4, true, true),
        ] {
            let dialled = Dialled::from_wire(value).expect("in range");
            assert_eq!(dialled, Dialled { dc, is_media, is_test });
            assert_eq!(dialled.to_wire(), value);
        }
    }

    #[test]
    fn centres_that_do_not_exist_are_refused() {
        for value in [0, 6, -6, 203, 10_000, 10_006, -10_000, i32::MIN, i32::MAX] {
            assert_eq!(Dialled::from_wire(value), None, "{value}");
        }
    }

    #[test]
    fn lifetimes_are_bounded() {
        for expires_in in [1, 86_400, TEMPORARY_KEY_MAX_SECONDS] {
            assert_eq!(Lifetime::temporary(expires_in), Some(Lifetime::Temporary { expires_in }));
        }
        for expires_in in [0, -1, i32::MIN, TEMPORARY_KEY_MAX_SECONDS + 1, i32::MAX] {
            assert_eq!(Lifetime::temporary(expires_in), None, "{expires_in}");
        }
    }
}
