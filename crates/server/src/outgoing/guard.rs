//! Which addresses lie inside, where nobody from outside may send us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses, like `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    base: IpAddr,
    bits: u8,
}

impl Net {
    /// Reads an address, or a range of them.
    pub fn parse(text: &str) -> Option<Self> {
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { base, bits })
    }

    /// Whether an address lies in the range.
    pub fn holds(&self, address: IpAddr) -> bool {
        let shared = |one: u128, other: u128, width: u8| {
            let rest = u32::from(width - self.bits);
            // A shift by the whole width is none at all.
            one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
        };
        match (self.base, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                shared(u128::from(u32::from(one)), u128::from(u32::from(other)), 32)
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => shared(one.into(), other.into(), 128),
            _ => false,
        }
    }
}

/// What an address is when it does not lie on the open internet.
pub fn refusal_of(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => refusal_of_v4(address),
        IpAddr::V6(address) => refusal_of_v6(address),
    }
}

fn refusal_of_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("this machine"),
        (127, ..) => Some("this machine"),
        (10, ..) | (192, 168, _) => Some("private"),
        (172, 16..=31, _) => Some("private"),
        (169, 254, _) => Some("local to the link, where clouds tell their secrets"),
        (100, 64..=127, _) => Some("private to a provider"),
        (192, 0, 0) => Some("set aside for protocols"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("set aside for examples"),
        (192, 88, 99) => Some("a relay"),
        (198, 18..=19, _) => Some("set aside for tests"),
        (224..=239, ..) => Some("for many"),
        (240..=255, ..) => Some("reserved"),
        _ => None,
    }
}

fn refusal_of_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        Ipv4Addr::new(one, two, three, four)
    };
    match (a, b) {
        // Old addresses in new clothes lead where the old ones do.
        (0, 0) if (c, d, e) == (0, 0, 0) && (f == 0xffff || f == 0) => match (f, g, h) {
            (0, 0, 0 | 1) => Some("this machine"),
            _ => refusal_of_v4(inner(g, h)).or(Some("an old address in a new form")),
        },
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => refusal_of_v4(inner(g, h)),
        (0x64, 0xff9b) => Some("a private translation"),
        (0x2002, _) => refusal_of_v4(inner(b, c)),
        (0x2001, 0) => Some("a tunnel"),
        (0x2001, 0x0db8) | (0x3fff, 0..=0x0fff) => Some("set aside for examples"),
        (0x2001, 2..=0x1ff) => Some("set aside for protocols"),
        (0x2000..=0x3fff, _) => None,
        (0xfc00..=0xfdff, _) => Some("private"),
        (0xfe80..=0xfebf, _) => Some("local to the link"),
        (0xfec0..=0xfeff, _) => Some("private"),
        (0xff00.., _) => Some("for many"),
        _ => Some("reserved"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_refused_in_every_form() {
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.255.254",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "4000::1",
        ] {
            let address: IpAddr = inside.parse().unwrap();
            assert!(refusal_of(address).is_some(), "{inside}");
        }
    }

    #[test]
    fn outer_addresses_may_be_called() {
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.17.0.1",
            "223.255.255.254",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::808:808",
            "2002:808:808::",
        ] {
            let address: IpAddr = outside.parse().unwrap();
            assert_eq!(refusal_of(address), None, "{outside}");
        }
    }

    #[test]
    fn ranges_hold_what_begins_alike() {
        let holds =
            |net: &str, address: &str| Net::parse(net).unwrap().holds(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "9.9.9.9"));
        assert!(!holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "2606::1"));
        assert!(holds("fd00::/8", "fd12::3"));
        for bad in ["", "10.0.0.0/33", "x", "10.0.0/8", "::/129", "10.0.0.0/-1"] {
            assert_eq!(Net::parse(bad), None, "{bad}");
        }
    }
}
