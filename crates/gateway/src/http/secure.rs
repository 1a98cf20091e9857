//! What browsers are told of TLS: to come back with it, and to remember that.
//!
//! Only pages for people move. Health, metrics, the protocol's own ways and the proofs of ACME stay where they are asked for:
//! whoever asks there follows no redirect. Nobody is sent to a door without a certificate behind it.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, HOST, HeaderName, LOCATION, STRICT_TRANSPORT_SECURITY};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::config::Https;

/// Ways that stay without TLS, by their beginnings.
const STAYING: [&str; 5] = ["/healthz/", "/metrics", "/apiws", "/api", "/.well-known/acme-challenge/"];

/// The redirect for a request that came without TLS, if it is one for a page.
pub(super) fn elsewhere(https: &Https, request: &Request<Body>) -> Option<Response> {
    let path = request.uri().path();
    let is_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !STAYING.iter().any(|way| is_below(path, way));
    if !https.redirect || !is_page || !https.tls.is_ready() {
        return None;
    }
    let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
    let rest = if rest.starts_with('/') { rest } else { "/" };
    let origin = same_host(https, request).unwrap_or_else(|| https.origin.clone());
    let location = HeaderValue::try_from(format!("{origin}{rest}")).ok()?;
    // Kept by nobody: an operator may turn TLS off again.
    let headers: [(HeaderName, HeaderValue); 2] =
        [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Some((StatusCode::PERMANENT_REDIRECT, headers).into_response())
}

fn is_below(path: &str, way: &str) -> bool {
    path.strip_prefix(way).is_some_and(|rest| way.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

/// The host that was asked, where the certificate names it: with several names nobody is moved to another.
fn same_host(https: &Https, request: &Request<Body>) -> Option<String> {
    let asked = Authority::try_from(request.headers().get(HOST)?.as_bytes()).ok()?;
    let is_named = https.tls.names().iter().any(|name| name.eq_ignore_ascii_case(asked.host()));
    let port = asked.port().map(|port| format!(":{port}")).unwrap_or_default();
    is_named.then(|| format!("https://{}{port}", asked.host()))
}

/// Tells a browser that came over TLS to ask no other way from now on.
pub(super) fn remember(https: &Https, mut response: Response) -> Response {
    if https.strict_seconds > 0 {
        let value = HeaderValue::try_from(format!("max-age={}", https.strict_seconds));
        if let Ok(value) = value {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
        }
    }
    response
}
