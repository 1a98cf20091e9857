//! `adopt`: a copy of a program that knows this server instead of Telegram's.
//!
//! Some programs (TDLib's shared library, Telegram Desktop) carry their servers' public keys and addresses as plain
//! strings. In the copy these are this server's, each as long as it was, so that nothing else in the file moves. Ports are
//! numbers in code, and stay. It does not sign: on systems that check signatures of programs, the copy needs a new one.

mod draft;
mod fill;
mod limits;
mod networks;
mod scan;

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use crypto::PublicKey;

use crate::address;
use crate::config::Config;
use crate::connect::read_public_key;

use draft::Draft;
use fill::Server;
use scan::Found;

/// Makes the copy; says what it replaced.
pub fn adopt(config: &Config, address: Option<IpAddr>, input: &Path, output: &Path) -> Result<String> {
    let server = server(config, address)?;
    let mut draft = Draft::copy(input, output)?;
    let found = scan::scan(draft.reader()?).with_context(|| format!("cannot adopt {}", input.display()))?;
    ensure_adoptable(&found, &server).with_context(|| format!("cannot adopt {}", input.display()))?;
    for place in &found.places {
        draft.replace(place.offset, &server.fill(place)?)?;
    }
    draft.keep(output)?;
    report(&server, &found, output)
}

fn server(config: &Config, address: Option<IpAddr>) -> Result<Server> {
    let data = config.data_dir();
    let pem = read_public_key(&data)?.trim_end().to_owned();
    let advertised = || address::advertised_by(config, &data)[0].ip();
    let address = address.unwrap_or_else(advertised).to_canonical();
    if address.is_unspecified() || address.is_multicast() {
        bail!("{address} is no address that a program can dial");
    }
    Ok(Server { address, pem })
}

fn ensure_adoptable(found: &Found, server: &Server) -> Result<()> {
    ensure!(
        found.keys() > 0,
        "it has no built-in public key of 2048 bits, as text between BEGIN and END RSA PUBLIC KEY"
    );
    ensure!(
        found.addresses().next().is_some(),
        "it has none of Telegram's addresses as a string: is it adopted already, or not such a program?"
    );
    server.ensure_fits(found)
}

fn report(server: &Server, found: &Found, output: &Path) -> Result<String> {
    let fingerprint = PublicKey::from_pem(&server.pem).context("public.pem holds no public key")?.fingerprint();
    let mut text =
        format!("wrote {}\n  keys       {} replaced by {fingerprint:016x}\n", output.display(), found.keys());
    for (family, example) in [("IPv4", IpAddr::V4(Ipv4Addr::LOCALHOST)), ("IPv6", IpAddr::V6(Ipv6Addr::LOCALHOST))] {
        let count = found.addresses().filter(|(_, built_in)| built_in.is_ipv4() == example.is_ipv4()).count();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  addresses  {count} {family} replaced by {}", server.address_like(example));
    }
    if found.other_keys > 0 {
        let _ = writeln!(text, "  left alone {} keys of another size", found.other_keys);
    }
    Ok(text + PORTS)
}

/// What the operator has to know besides.
const PORTS: &str = "  ports      are not changed: the program dials 443 first (TDLib also 80 and 5222), whatever this server\n             \
                     listens on; have it listen there (serve --listen 0.0.0.0:443) or redirect the port\n";
