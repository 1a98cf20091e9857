//! What the pages say of this server.

/// Facts of this server that clients and people are told. Nothing of it is secret.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The product's name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The fingerprint of the public key, in hexadecimal.
    pub fingerprint: String,
    /// Addresses that clients dial.
    pub addresses: Vec<String>,
    /// The public key as PKCS#1 PEM.
    pub public_pem: String,
    /// The data centre that every account calls home.
    pub dc: i32,
    /// Where people reach this server over HTTP, with a slash at the end.
    pub base_url: String,
    /// How clients are brought here, as the command line says it.
    pub guides: Vec<Guide>,
}

/// What one client needs to reach this server.
#[derive(Clone, Debug)]
pub struct Guide {
    /// What it is called in addresses and on the command line.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Ready to copy.
    pub text: String,
}
