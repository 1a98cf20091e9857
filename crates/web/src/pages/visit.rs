//! What a request says of whoever looks at a page.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::uri::Scheme;

use super::words::Language;

/// Programs that print what they fetch.
const TERMINALS: [&str; 3] = ["curl/", "Wget/", "HTTPie/"];

/// Who looks, and how.
#[derive(Clone)]
pub(super) struct Visit {
    /// The language to answer in.
    pub(super) language: &'static Language,
    /// Whether plain text is wanted.
    pub(super) is_terminal: bool,
    /// The address they come from, where the gateway says it.
    pub(super) ip: Option<IpAddr>,
    /// Whether anybody on the way can read along.
    pub(super) is_plain: bool,
    /// The path without the slash at its beginning.
    pub(super) here: String,
}

impl Visit {
    /// Whom to count this for.
    pub(super) fn address(&self) -> IpAddr {
        self.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forwarded = parts.headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
        Ok(Self {
            language: Language::of(text(ACCEPT_LANGUAGE)),
            is_terminal: TERMINALS.iter().any(|program| text(USER_AGENT).starts_with(program)),
            ip: parts.extensions.get().copied(),
            is_plain: parts.extensions.get() == Some(&Scheme::HTTP) && !forwarded,
            here: parts.uri.path().trim_start_matches('/').to_owned(),
        })
    }
}
