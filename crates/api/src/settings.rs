//! What the operator chose, as far as clients are told about it.

use std::net::IpAddr;
use std::sync::Arc;

use crate::Languages;

/// Where clients reach this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcAddress {
    /// An address clients can dial.
    pub ip: IpAddr,
    /// Its port.
    pub port: u16,
}

/// The settings of the RPC side.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// The home DC: the number under which accounts live here.
    pub dc_id: i32,
    /// Every address clients may dial; `dc_options` lists DCs 1 to 5 at each.
    pub addresses: Vec<DcAddress>,
    /// Public links start with it, with a slash at the end (`me_url_prefix`).
    pub base_url: String,
    /// What the service calls itself in texts.
    pub name: String,
    /// The languages of clients' interfaces.
    pub languages: Arc<Languages>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        let loopback = DcAddress { ip: IpAddr::from([127, 0, 0, 1]), port: 8443 };
        let base_url = "http://127.0.0.1:8443/".to_owned();
        Self {
            dc_id: 2,
            addresses: vec![loopback],
            base_url,
            name: platform::product::NAME.to_owned(),
            languages: Arc::new(Languages::built_in()),
        }
    }
}
