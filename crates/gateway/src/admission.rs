//! How much strangers may take: connections and bytes per address until they have proved to hold a key (T4), and
//! connections in all; and from which addresses people are here.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::limits::PRE_AUTH_BYTES_PER_IP;

/// The counters.
pub(crate) struct Admission {
    strangers: Mutex<HashMap<IpAddr, Stranger>>,
    /// Connections on which somebody is signed in.
    people: Mutex<HashMap<IpAddr, u32>>,
    open: AtomicUsize,
    connections_per_ip: u32,
    connections_max: usize,
}

#[derive(Default)]
struct Stranger {
    connections: u32,
    bytes: u64,
}

/// The place of one connection; freed when dropped.
pub(crate) struct Place {
    admission: Arc<Admission>,
    address: IpAddr,
    bytes: u64,
    is_stranger: bool,
    is_somebodys: bool,
}

impl Admission {
    pub(crate) fn new(connections_per_ip: u32, connections_max: usize) -> Self {
        let (strangers, people) = (Mutex::default(), Mutex::default());
        Self { strangers, people, open: AtomicUsize::new(0), connections_per_ip, connections_max }
    }

    /// Takes a place for a new connection, unless the address has too many or all are taken.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = subject(address);
        let mut strangers = self.strangers.lock();
        let stranger = strangers.entry(address).or_default();
        if stranger.connections >= self.connections_per_ip || self.open.load(Ordering::Relaxed) >= self.connections_max
        {
            if stranger.connections == 0 {
                strangers.remove(&address);
            }
            metrics::REFUSED.inc("C0");
            return None;
        }
        stranger.connections += 1;
        self.open.fetch_add(1, Ordering::Relaxed);
        metrics::CONNECTIONS_OPEN.inc();
        Some(Place { admission: self.clone(), address, bytes: 0, is_stranger: true, is_somebodys: false })
    }

    /// Takes a place for a connection of the operator's own proxy, which stands for many: only the bound of all counts.
    pub(crate) fn admit_proxy(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        if self.open.load(Ordering::Relaxed) >= self.connections_max {
            metrics::REFUSED.inc("C0");
            return None;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        metrics::CONNECTIONS_OPEN.inc();
        let address = subject(address);
        Some(Place { admission: self.clone(), address, bytes: 0, is_stranger: false, is_somebodys: false })
    }

    /// Whether somebody is signed in on a connection from there.
    pub(crate) fn has_people(&self, address: IpAddr) -> bool {
        self.people.lock().contains_key(&subject(address))
    }

    /// Open connections.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

impl Place {
    /// Counts bytes read; false when strangers of this address have sent too much.
    pub(crate) fn count(&mut self, bytes: usize) -> bool {
        if !self.is_stranger {
            return true;
        }
        self.bytes += bytes as u64;
        let mut strangers = self.admission.strangers.lock();
        let stranger = strangers.entry(self.address).or_default();
        stranger.bytes += bytes as u64;
        stranger.bytes <= PRE_AUTH_BYTES_PER_IP
    }

    /// The connection proved to hold a key.
    pub(crate) fn is_known(&mut self) {
        if std::mem::take(&mut self.is_stranger) {
            let mut strangers = self.admission.strangers.lock();
            let Some(stranger) = strangers.get_mut(&self.address) else { return };
            stranger.connections = stranger.connections.saturating_sub(1);
            stranger.bytes = stranger.bytes.saturating_sub(self.bytes);
            if stranger.connections == 0 {
                strangers.remove(&self.address);
            }
        }
    }

    /// Somebody is signed in on the connection.
    pub(crate) fn is_somebodys(&mut self) {
        if !std::mem::replace(&mut self.is_somebodys, true) {
            *self.admission.people.lock().entry(self.address).or_default() += 1;
        }
    }

    fn leave(&mut self) {
        if std::mem::take(&mut self.is_somebodys) {
            let mut people = self.admission.people.lock();
            let Some(connections) = people.get_mut(&self.address) else { return };
            *connections -= 1;
            if *connections == 0 {
                people.remove(&self.address);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.is_known();
        self.leave();
        self.admission.open.fetch_sub(1, Ordering::Relaxed);
        metrics::CONNECTIONS_OPEN.dec();
    }
}

/// A household's IPv6 addresses count as one: they share a /64.
pub(crate) fn subject(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn strangers_of_one_address_are_bounded_and_places_come_back() {
        let admission = Arc::new(Admission::new(2, 100));
        let first = admission.admit(ip("10.0.0.1")).expect("first");
        let mut second = admission.admit(ip("::ffff:10.0.0.1")).expect("second");
        assert!(admission.admit(ip("10.0.0.1")).is_none());
        assert!(admission.admit(ip("10.0.0.2")).is_some());
        second.is_known();
        let third = admission.admit(ip("10.0.0.1")).expect("a known one does not count");
        drop((first, second, third));
        assert_eq!(admission.open(), 0);
        assert!(admission.strangers.lock().is_empty());
    }

    #[test]
    fn addresses_of_one_household_share_their_bound() {
        let admission = Arc::new(Admission::new(1, 100));
        let _first = admission.admit(ip("2001:db8::1")).expect("first");
        for same in ["2001:db8::2", "2001:db8::ffff", "2001:db8:0:0:1::", "2001:db8::1", "2001:db8::a:b"] {
            assert!(admission.admit(ip(same)).is_none(), "{same}");
        }
        assert!(admission.admit(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn bytes_of_strangers_are_bounded() {
        let admission = Arc::new(Admission::new(5, 100));
        let mut place = admission.admit(ip("10.0.0.1")).expect("a place");
        let most = usize::try_from(PRE_AUTH_BYTES_PER_IP).expect("fits");
        assert!(place.count(most));
        assert!(!place.count(1));
        place.is_known();
        assert!(place.count(most), "whoever is known is not counted");
    }

    #[test]
    fn a_proxy_stands_for_many() {
        let admission = Arc::new(Admission::new(1, 3));
        let mut places: Vec<_> = (0..3).map_while(|_| admission.admit_proxy(ip("127.0.0.1"))).collect();
        assert_eq!(places.len(), 3);
        assert!(admission.admit_proxy(ip("127.0.0.1")).is_none(), "the bound of all counts");
        assert!(places[0].count(usize::try_from(PRE_AUTH_BYTES_PER_IP).expect("fits") + 1));
        drop(places);
        assert_eq!(admission.open(), 0);
        assert!(admission.admit(ip("127.0.0.1")).is_some());
    }

    #[test]
    fn all_connections_are_bounded() {
        let admission = Arc::new(Admission::new(5, 2));
        let kept: Vec<_> = (1..=2).map(|n| admission.admit(IpAddr::from([10, 0, 0, n]))).collect();
        assert!(kept.iter().all(Option::is_some));
        assert!(admission.admit(ip("10.0.0.9")).is_none());
    }
}
