//! Which addresses are Telegram's: the ones a program was built with are taken from there.
//!
//! By network and not by address, so that other versions of a program, whose lists differ a little, are adopted too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks announced for Telegram's data centres: first address, bits.
const IPV4: [(Ipv4Addr, u32); 5] = [
    (Ipv4Addr::new(91, 105, 192, 0), 23),
    (Ipv4Addr::new(91, 108, 0, 0), 18),
    (Ipv4Addr::new(95, 161, 64, 0), 20),
    (Ipv4Addr::new(149, 154, 160, 0), 20),
    (Ipv4Addr::new(185, 76, 151, 0), 24),
];
const IPV6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0x067c, 0x04e8, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x2001, 0x0b28, 0xf23c, 0, 0, 0, 0, 0), 47),
    (Ipv6Addr::new(0x2001, 0x0b28, 0xf23f, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x2a0a, 0xf280, 0, 0, 0, 0, 0, 0), 32),
];

/// Whether this address is in one of Telegram's networks.
pub fn is_telegrams(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => IPV4.iter().any(|(net, bits)| same_prefix(ip.to_bits(), net.to_bits(), *bits)),
        IpAddr::V6(ip) => IPV6.iter().any(|(net, bits)| same_prefix_wide(ip.to_bits(), net.to_bits(), *bits)),
    }
}

fn same_prefix(one: u32, other: u32, bits: u32) -> bool {
    (one ^ other) >> (u32::BITS - bits) == 0
}

fn same_prefix_wide(one: u128, other: u128, bits: u32) -> bool {
    (one ^ other) >> (u128::BITS - bits) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_centres_are_telegrams_and_the_neighbours_are_not() {
        let theirs =
            ["149.154.167.51", "95.161.76.100", "91.108.56.130", "2001:67c:4e8:f002::a", "2001:b28:f23f:f005::a"];
        assert!(theirs.iter().all(|text| is_telegrams(text.parse().unwrap())));
        let others =
            ["149.154.176.1", "127.0.0.1", "192.0.2.0", "95.161.80.1", "2001:67c:4e9::a", "2001:b28:f240::a", "::1"];
        assert!(!others.iter().any(|text| is_telegrams(text.parse().unwrap())));
    }
}
