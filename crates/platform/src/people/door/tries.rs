//! Counting what is tried for one number at the door: by whoever tries, so that a stranger uses up their own tries and not
//! the holder's; and in all, so that many addresses together cannot guess either.

use std::net::IpAddr;

use crate::people::codes::address_block;
use crate::{Platform, Refusal, limits};

/// Who tries, as records have it: a keyed hash of where they are, so that nobody reads addresses out of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Visitor(#[n(0)] u64);

impl Visitor {
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Visitor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "visitor {:x}", self.0)
    }
}

/// How much may be tried.
pub(super) struct Bounds {
    /// By one visitor.
    pub(super) of_one: u32,
    /// By all of them.
    pub(super) of_all: u32,
    /// In so many seconds.
    pub(super) seconds: i32,
    /// What it is, for the count of refusals.
    pub(super) what: &'static str,
}

/// What one visitor tried.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct Share {
    #[n(0)]
    visitor: u64,
    #[n(1)]
    count: u32,
}

/// How often this visitor tried.
pub(super) fn share_of(shares: Option<&Vec<Share>>, visitor: Visitor) -> u32 {
    let share = shares.and_then(|shares| shares.iter().find(|share| share.visitor == visitor.0));
    share.map_or(0, |share| share.count)
}

/// One more try of this visitor. There are never more shares than tries, which are bounded.
pub(super) fn add_share(shares: &mut Option<Vec<Share>>, visitor: Visitor) {
    let shares = shares.get_or_insert_default();
    match shares.iter_mut().find(|share| share.visitor == visitor.0) {
        Some(share) => share.count += 1,
        None => shares.push(Share { visitor: visitor.0, count: 1 }),
    }
}

/// Tries in a while.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub(super) struct Tries {
    #[n(0)]
    began_at: i32,
    #[n(1)]
    count: u32,
    /// The same by visitor.
    #[n(2)]
    shares: Option<Vec<Share>>,
}

impl Tries {
    /// One more, unless that is past the bounds.
    pub(super) fn count(&mut self, now: i32, visitor: Visitor, bounds: &Bounds) -> Result<(), Refusal> {
        if now.saturating_sub(self.began_at) >= bounds.seconds {
            *self = Self { began_at: now, ..Self::default() };
        }
        if self.count >= bounds.of_all || share_of(self.shares.as_ref(), visitor) >= bounds.of_one {
            metrics::PEOPLE_LIMITED.inc(bounds.what);
            let wait = self.began_at.saturating_add(bounds.seconds) - now;
            return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
        }
        self.count += 1;
        add_share(&mut self.shares, visitor);
        Ok(())
    }

    /// They were right: what they tried before counts no more. What others tried does.
    pub(super) fn forgive(&mut self, visitor: Visitor) {
        self.count = self.count.saturating_sub(share_of(self.shares.as_ref(), visitor));
        self.shares.get_or_insert_default().retain(|share| share.visitor != visitor.0);
    }
}

impl Platform {
    /// The name that records have for whoever is at this address.
    pub(crate) fn visitor(&self, ip: IpAddr) -> Visitor {
        let digest = self.keyed_hash(b"visitor", &[wide_block(ip).as_bytes()]);
        Visitor(u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes")))
    }
}

/// An IPv4 address; of IPv6 the part that one customer gets at most, since whoever rents a machine has very many of the
/// smaller blocks.
fn wide_block(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V6(ip) => hex::encode(&ip.octets()[..limits::VISITOR_V6_BYTES]),
        ip => address_block(ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { of_one: 2, of_all: 5, seconds: 100, what: "test" };
    const ANI: Visitor = Visitor(1);

    #[test]
    fn one_visitor_uses_up_their_own_tries_and_many_together_all() {
        let mut tries = Tries::default();
        for _ in 0..2 {
            tries.count(1_000, ANI, &BOUNDS).unwrap();
        }
        assert_eq!(tries.count(1_010, ANI, &BOUNDS), Err(Refusal::FloodWait(90)));
        for visitor in 2..5 {
            tries.count(1_010, Visitor(visitor), &BOUNDS).unwrap();
        }
        assert_eq!(tries.count(1_099, Visitor(9), &BOUNDS), Err(Refusal::FloodWait(1)));
        tries.forgive(ANI);
        tries.count(1_099, Visitor(9), &BOUNDS).unwrap();
        tries.count(1_099, ANI, &BOUNDS).unwrap();
        assert!(tries.count(1_099, Visitor(10), &BOUNDS).is_err(), "what others tried still counts");
        tries.count(1_100, Visitor(10), &BOUNDS).unwrap();
    }

    #[test]
    fn neighbours_of_one_network_are_one_visitor() {
        let block = |text: &str| wide_block(text.parse().unwrap());
        assert_eq!(block("2001:db8:7:1::1"), block("2001:db8:7:ffff::2"));
        assert_ne!(block("2001:db8:7:1::1"), block("2001:db8:8:1::1"));
        assert_eq!(block("::ffff:10.0.0.1"), block("10.0.0.1"));
        assert_ne!(block("10.0.0.1"), block("10.0.0.2"));
    }
}
