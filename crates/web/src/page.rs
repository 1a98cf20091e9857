//! The first page: whom one reached, and what a client needs to come in.

/// What the pages say of this server. Nothing of it is secret.
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
    /// The data centre that accounts of this server call home.
    pub dc: i32,
    /// Where people reach this server over HTTP, with a slash at the end.
    pub base_url: String,
}

/// The page itself. No value comes from a stranger, so none needs escaping.
pub(crate) fn home(facts: &Facts) -> String {
    let Facts { name, version, fingerprint, addresses, .. } = facts;
    let addresses = addresses.iter().map(|address| format!("<code>{address}</code>")).collect::<Vec<_>>().join(", ");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{name}</title>\n<style>body{{font:16px/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em}}</style>\n\
         <h1>{name}</h1>\n<p>A messaging server is listening here. Client libraries that speak MTProto reach it at {addresses},\n\
         once they are given its <a href=\"/public.pem\">public key</a> (fingerprint <code>{fingerprint}</code>).</p>\n\
         <p>Whoever runs it finds ready snippets with <code>connect</code> on the command line.</p>\n\
         <p><small>{name} {version}</small></p>\n</html>\n"
    )
}
