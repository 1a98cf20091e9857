//! `connect`: what a client needs to reach this server, for people and as ready snippets.
//!
//! Everything comes from the data folder's public files, so it works whether or not the server runs. The one exception is a
//! client whose built-in keys cannot be changed: the key exchange is done for it, with the running server.

mod exchange;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use crypto::PublicKey;
use web::Guide;

use crate::address;
use crate::cli::Client;
use crate::config::Config;
use crate::keys::PUBLIC_FILE;

/// What a snippet is filled with.
struct Facts {
    addresses: Vec<SocketAddr>,
    dc: i32,
    key: PublicKey,
    pem: String,
}

/// Where an authorisation key stands in a snippet.
const KEY_PLACE: &str = "%AUTH_KEY%";
/// What stands there in the overview, for which no key is made.
const NO_KEY: &str = "512 digits: `kentong connect --for grammers` makes a key while the server runs";

/// The text for one client, or for all of them.
pub fn text(config: &Config, client: Option<Client>) -> Result<String> {
    let facts = facts(config)?;
    Ok(match client {
        Some(Client::Grammers) => for_grammers(facts)?,
        Some(client) => fill(template(client), &facts),
        None => overview(&facts, &address::base_url(config, &facts.addresses)),
    })
}

/// Every text as a page of the server; the one that would need a key says how to get one.
pub fn guides(addresses: &[SocketAddr], dc: i32, pem: &str) -> Result<Vec<Guide>> {
    let key = PublicKey::from_pem(pem).context("the public key is not one of 2048 bits")?;
    let facts = Facts { addresses: addresses.to_vec(), dc, key, pem: pem.to_owned() };
    let guide = |(client, name): (Client, &str)| {
        let text = fill(template(client), &facts);
        Guide { slug: flag(client), name: name.to_owned(), text }
    };
    Ok(CLIENTS.map(guide).to_vec())
}

/// The one text that needs the running server: the session is given a key.
fn for_grammers(facts: Facts) -> Result<String> {
    let address = facts.addresses.iter().copied().find(SocketAddr::is_ipv4);
    let address = address.context("grammers dials IPv4, and the server has no such address")?;
    let key = exchange::auth_key(address, PublicKey::from_pem(&facts.pem)?)?;
    let text = template(Client::Grammers).replace(KEY_PLACE, &key);
    Ok(fill(&text, &Facts { addresses: vec![address], ..facts }))
}

fn facts(config: &Config) -> Result<Facts> {
    let data = config.data_dir();
    let pem = read_public_key(&data)?;
    let key = PublicKey::from_pem(&pem).context("public.pem holds no public key of 2048 bits")?;
    Ok(Facts { addresses: address::advertised_by(config, &data), dc: config.server.home_dc.get(), key, pem })
}

/// The public half of the server's key, as clients are given it.
pub fn read_public_key(data: &Path) -> Result<String> {
    let path = data.join(PUBLIC_FILE);
    std::fs::read_to_string(&path).with_context(|| {
        format!("{} cannot be read: start the server once with the same --data, then ask again", path.display())
    })
}

fn template(client: Client) -> &'static str {
    match client {
        Client::Telethon => include_str!("telethon.py"),
        Client::Mtcute => include_str!("mtcute.mjs"),
        Client::Gramjs => include_str!("gramjs.js"),
        Client::Pyrogram | Client::Kurigram => include_str!("pyrogram.py"),
        Client::Grammers => include_str!("grammers.rs.txt"),
        Client::Tdlib => include_str!("tdlib.txt"),
        Client::Desktop => include_str!("desktop.txt"),
        Client::Apps => include_str!("apps.txt"),
    }
}

fn fill(template: &str, facts: &Facts) -> String {
    let first = facts.addresses[0];
    let fingerprint = facts.key.fingerprint();
    template
        .replace("%HOST%", &first.ip().to_string())
        .replace("%PORT%", &first.port().to_string())
        .replace("%IPV6%", if first.is_ipv6() { "true" } else { "false" })
        .replace("%IPV6_PYTHON%", if first.is_ipv6() { "True" } else { "False" })
        .replace("%DC%", &facts.dc.to_string())
        .replace("%FINGERPRINT_HEX%", &format!("{fingerprint:016x}"))
        .replace("%FINGERPRINT_SIGNED%", &fingerprint.to_string())
        .replace("%MODULUS_HEX%", &hex::encode(facts.key.modulus()))
        .replace(KEY_PLACE, NO_KEY)
        .replace("%PEM%", facts.pem.trim_end())
}

fn overview(facts: &Facts, base_url: &str) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "web client   {}app/", base_url);
    for address in &facts.addresses {
        let _ = writeln!(text, "address      {address}  (MTProto over TCP)");
    }
    let _ = writeln!(text, "WebSocket    {}apiws", base_url.replacen("http", "ws", 1));
    let _ = writeln!(text, "data centre  {}", facts.dc);
    let _ = writeln!(text, "fingerprint  {:016x}  (signed: {1})", facts.key.fingerprint(), facts.key.fingerprint());
    let _ = writeln!(text, "public key, PKCS#1:\n\n{}", facts.pem.trim_end());
    for (client, name) in CLIENTS {
        let _ = write!(text, "\n== {name}: connect --for {} ==\n\n{}", flag(client), fill(template(client), facts));
    }
    text
}

/// Every client once, in the order of the overview.
const CLIENTS: [(Client, &str); 8] = [
    (Client::Telethon, "Telethon"),
    (Client::Mtcute, "mtcute"),
    (Client::Gramjs, "GramJS"),
    (Client::Pyrogram, "Pyrogram and Kurigram"),
    (Client::Grammers, "grammers"),
    (Client::Tdlib, "TDLib"),
    (Client::Desktop, "Telegram Desktop"),
    (Client::Apps, "Official apps"),
];

fn flag(client: Client) -> String {
    use clap::ValueEnum;
    client.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Facts {
        let key = crypto::PrivateKey::generate().unwrap();
        let pem = key.public().to_pem().unwrap();
        let key = PublicKey::from_pem(&pem).unwrap();
        Facts { addresses: vec!["203.0.113.7:4430".parse().unwrap()], dc: 2, key, pem }
    }

    #[test]
    fn no_snippet_keeps_a_placeholder() {
        let facts = sample();
        for (client, name) in CLIENTS {
            let text = fill(template(client), &facts);
            assert!(!text.contains('%'), "{name}: {text}");
            assert!(text.contains("203.0.113.7") && text.contains("4430"), "{name}: {text}");
        }
    }

    #[test]
    fn the_overview_has_all_of_them() {
        let facts = sample();
        let text = overview(&facts, "https://chat.example/");
        assert!(text.contains("https://chat.example/app/\n") && text.contains("wss://chat.example/apiws\n"), "{text}");
        assert!(text.contains(&facts.key.fingerprint().to_string()));
        assert!(CLIENTS.iter().all(|(_, name)| text.contains(&format!("== {name}:"))), "{text}");
    }
}
