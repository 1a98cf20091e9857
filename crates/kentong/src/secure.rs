//! TLS as the configuration wants it: where the certificate comes from, and what browsers are told.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use gateway::Https;
use platform::Runtime;
use tls::{AcmeSettings, FileSettings, Settings, Source, Tls};

use crate::clock::SystemRuntime;
use crate::config::{self, Config};

/// The folder of the data folder with what ACME keeps: account and certificate.
const ACME_FOLDER: &str = "acme";
const DAY_SECONDS: u32 = 86_400;

/// Opens TLS, if there is to be any, and keeps its certificate fresh for as long as the process lives. To be called within
/// a runtime.
pub fn open(config: &Config, data: &Path, runtime: &Arc<SystemRuntime>, base_url: &str) -> Result<Option<Https>> {
    let Some(source) = source(&config.tls, data) else { return Ok(None) };
    let runtime = runtime.clone();
    let clock = Arc::new(move || runtime.now_ms() / 1000);
    let (tls, keeping) = Tls::open(Settings::new(source, clock)).context("[tls]")?;
    tokio::spawn(keeping);
    Ok(Some(Https {
        tls,
        redirect: config.tls.redirect,
        origin: origin(base_url).to_owned(),
        strict_seconds: u32::from(config.tls.remember_days) * DAY_SECONDS,
    }))
}

fn source(config: &config::Tls, data: &Path) -> Option<Source> {
    if !config.certificate.as_os_str().is_empty() {
        return Some(Source::Files(FileSettings::new(config.certificate.clone(), config.key.clone())));
    }
    if config.acme_domains.is_empty() {
        return None;
    }
    let authorities = &config.acme_authorities;
    Some(Source::Acme(AcmeSettings {
        contact: config.acme_contact.clone(),
        directory: config.acme_directory.clone(),
        authorities: (!authorities.as_os_str().is_empty()).then(|| authorities.clone()),
        ..AcmeSettings::new(config.acme_domains.clone(), data.join(ACME_FOLDER))
    }))
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_url_without_its_path() {
        assert_eq!(origin("https://chat.example/"), "https://chat.example");
        assert_eq!(origin("https://chat.example:4430/k/"), "https://chat.example:4430");
        assert_eq!(origin("https://[::1]:4430"), "https://[::1]:4430");
    }
}
