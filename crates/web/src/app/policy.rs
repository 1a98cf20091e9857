//! What browsers are told about the web client besides its bytes.
//!
//! The policy allows what the client consists of and nothing else: its own scripts and styles, pictures and sound it made
//! itself (`blob:`), a connection to this very server. No other site may frame it, open it with a handle on it, or read
//! its files.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::{Authority, Scheme};
use axum::middleware::Next;
use axum::response::Response;

/// `wasm-unsafe-eval` is for the ciphers, which are WebAssembly; it permits no script.
const CONTENT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
    media-src blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, CONTENT),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    // For browsers that do not know frame-ancestors.
    (X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    ),
];

/// For pages that came in a way a browser trusts; over plain http it would only complain of the header on its console.
const OPENER: (HeaderName, &str) = (HeaderName::from_static("cross-origin-opener-policy"), "same-origin");

/// Adds them to an answer of any status.
pub(super) async fn apply(request: Request, next: Next) -> Response {
    let opener = is_trusted(&request).then_some(OPENER);
    let mut response = next.run(request).await;
    for (name, value) in HEADERS.into_iter().chain(opener) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether this is what browsers call a trustworthy origin: TLS, or this very machine.
fn is_trusted(request: &Request) -> bool {
    let host = request.headers().get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let host = host.as_ref().map_or("", Authority::host).trim_start_matches('[').trim_end_matches(']');
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    is_here || request.extensions().get::<Scheme>() == Some(&Scheme::HTTPS)
}
