//! The network side: bound sockets, the API they lead to, and the gateway on them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use api::{Api, ApiSettings, DcAddress};
use axum::Router;
use crypto::{ExponentLength, PrivateKey};
use gateway::{Gateway, GatewayConfig};
use mtproto::handshake::ServerKeys;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::address;
use crate::admin::Office;
use crate::config::{Config, Network, Protocol};
use crate::open::Opened;
use crate::secure;

/// Binds every address, or none.
pub async fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// Where bound sockets listen, ports filled in.
pub fn addresses(listeners: &[TcpListener]) -> Result<Vec<SocketAddr>> {
    listeners.iter().map(|listener| Ok(listener.local_addr()?)).collect()
}

/// Serves the protocol and the pages on bound sockets; newcomers live in their own runtime.
pub fn open(
    config: &Config,
    opened: &Opened,
    office: Office,
    (listeners, newcomers): (Vec<TcpListener>, &Handle),
    advertised: &[SocketAddr],
    key: PrivateKey,
    pages: Router,
) -> Result<Gateway> {
    let api = Api::new(opened.platform.clone(), opened.bus.clone(), api_settings(config, advertised));
    api.administer_by(Arc::new(office));
    let keys = Arc::new(server_keys(&config.protocol, key)?);
    let base_url = address::base_url(config, advertised);
    let https = secure::open(config, &opened.data, &opened.runtime, &base_url)?;
    let settings = GatewayConfig { https, newcomers: Some(newcomers.clone()), ..gateway_config(&config.network) };
    Ok(Gateway::start(settings, listeners, api, keys, pages)?)
}

fn api_settings(config: &Config, advertised: &[SocketAddr]) -> ApiSettings {
    let addresses = advertised.iter().map(|address| DcAddress { ip: address.ip(), port: address.port() });
    ApiSettings {
        dc_id: config.server.home_dc.get(),
        addresses: addresses.collect(),
        base_url: address::base_url(config, advertised),
        name: platform::product::NAME.to_owned(),
        languages: Arc::new(crate::languages::load(&config.languages_dir())),
    }
}

fn server_keys(config: &Protocol, key: PrivateKey) -> Result<ServerKeys> {
    let exponent = if config.full_dh_exponent { ExponentLength::Full } else { ExponentLength::Short };
    Ok(ServerKeys::new(vec![key], exponent, config.legacy_rsa_padding)?)
}

fn gateway_config(config: &Network) -> GatewayConfig {
    GatewayConfig {
        overload_wait: Duration::from_millis(config.overload_wait_ms.into()),
        crypto_threads: config.key_exchange_threads.into(),
        pre_auth_connections_per_ip: config.strangers_per_address,
        connections_max: config.connections as usize,
        trusted_proxies: config.trusted_proxies.iter().map(|proxy| proxy.0).collect(),
        ..GatewayConfig::default()
    }
}
