//! `adopt`: a copy of a program that knows this server instead of Telegram's.
//!
//! Some programs (TDLib's shared library, Telegram Desktop) carry their servers' public keys and addresses as plain
//! strings; some builds have the addresses in their code, as numbers that are pieces of the text. In the copy these are
//! this server's, each as long as it was, so that nothing else in the file moves. Ports are numbers in code, and stay. It does not sign: on systems that check signatures of programs, the copy needs a new one.

mod draft;
mod fill;
mod limits;
mod networks;
mod pieces;
mod scan;

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use crypto::PublicKey;

use crate::address;
use crate::config::Config;
use crate::connect::read_public_key;

use draft::Draft;
use fill::Server;
use pieces::{ADDRESSES, Pieces};
use scan::{Found, Holds};

/// How much of a program is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Keys and addresses.
    All,
    /// Keys; somebody else has to lead what it sends to the old addresses to this server.
    Keys,
}

/// Makes the copy; says what it replaced.
pub fn adopt(config: &Config, address: Option<IpAddr>, extent: Extent, input: &Path, output: &Path) -> Result<String> {
    let mut server = server(config, address)?;
    let mut draft = Draft::copy(input, output)?;
    let done = replace(&mut draft, &mut server, extent).with_context(|| format!("cannot adopt {}", input.display()))?;
    draft.keep(output)?;
    report(&server, &done, extent, output)
}

/// What was replaced.
struct Done {
    found: Found,
    pieces: Pieces,
}

fn replace(draft: &mut Draft, server: &mut Server, extent: Extent) -> Result<Done> {
    let mut found = scan::scan(draft.reader()?)?;
    ensure!(
        found.keys() > 0,
        "it has no built-in public key of 2048 bits, as text between BEGIN and END RSA PUBLIC KEY"
    );
    let pieces = match extent {
        Extent::All => addresses(draft, &found, server)?,
        Extent::Keys => {
            found.places.retain(|place| matches!(place.holds, Holds::Key(_)));
            Pieces::default()
        }
    };
    for place in &found.places {
        draft.replace(place.offset, &server.fill(place)?)?;
    }
    for patch in &pieces.patches {
        draft.replace(patch.offset, &patch.bytes)?;
    }
    Ok(Done { found, pieces })
}

/// The pieces of addresses in its code, once it is sure that all addresses can be replaced.
fn addresses(draft: &mut Draft, found: &Found, server: &mut Server) -> Result<Pieces> {
    server.ensure_fits(found)?;
    let mut pieces = pieces::find(draft.reader()?, found, server);
    if pieces.is_err() && server.address.is_ipv4() {
        server.has_ipv6 = false;
        pieces = pieces::find(draft.reader()?, found, server);
    }
    let pieces = pieces.map_err(|error| anyhow!("{error}; {KEYS_ONLY}"))?;
    ensure!(
        found.addresses().next().is_some() || !pieces.patches.is_empty(),
        "none of Telegram's addresses was found, as a string or in pieces in its code: it is adopted already, has them in a \
         form that is not known, or is not such a program; {KEYS_ONLY}"
    );
    Ok(pieces)
}

/// What can be done when the addresses cannot be replaced.
const KEYS_ONLY: &str = "--key-only replaces the keys alone and says which addresses have to be led here";

fn server(config: &Config, address: Option<IpAddr>) -> Result<Server> {
    let data = config.data_dir();
    let pem = read_public_key(&data)?.trim_end().to_owned();
    let advertised = || address::advertised_by(config, &data)[0].ip();
    let address = address.unwrap_or_else(advertised).to_canonical();
    if address.is_unspecified() || address.is_multicast() {
        bail!("{address} is no address that a program can dial");
    }
    Ok(Server { address, pem, has_ipv6: true })
}

fn report(server: &Server, done: &Done, extent: Extent, output: &Path) -> Result<String> {
    let fingerprint = PublicKey::from_pem(&server.pem).context("public.pem holds no public key")?.fingerprint();
    let found = &done.found;
    let mut text =
        format!("wrote {}\n  keys       {} replaced by {fingerprint:016x}\n", output.display(), found.keys());
    // Writing to a String cannot fail.
    if found.other_keys > 0 {
        let _ = writeln!(text, "  left alone {} keys of another size", found.other_keys);
    }
    if extent == Extent::Keys {
        let _ = writeln!(text, "  addresses  none replaced: lead these to {}: {}", server.address, ADDRESSES.join(" "));
        return Ok(text + LEADING);
    }
    for (family, example) in [("IPv4", IpAddr::V4(Ipv4Addr::LOCALHOST)), ("IPv6", IpAddr::V6(Ipv6Addr::LOCALHOST))] {
        let strings = found.addresses().filter(|(_, built_in)| built_in.is_ipv4() == example.is_ipv4()).count();
        let count = strings.max(done.pieces.addresses(example.is_ipv4()));
        let _ = writeln!(text, "  addresses  {count} {family} replaced by {}", server.address_like(example));
    }
    if !server.has_ipv6 {
        text += "             the IPv6 ones lead nowhere: their pieces in the code have no room for this server's\n";
    }
    if !done.pieces.patches.is_empty() {
        let _ = writeln!(text, "  code       {} pieces of addresses replaced in it", done.pieces.patches.len());
    }
    Ok(text + PORTS)
}

/// What the operator has to know besides.
const PORTS: &str = "  ports      are not changed: the program dials 443 first (TDLib also 80 and 5222), whatever this server\n             \
                     listens on; have it listen there (serve --listen 0.0.0.0:443) or redirect the port\n";
/// The same, when the addresses stay.
const LEADING: &str = "             on the ports 443, 80 and 5222; those are TDLib's, other programs may have more. In a network\n             \
                       namespace: ip addr add ADDRESS dev lo, for each. On a router: destination NAT\n";
