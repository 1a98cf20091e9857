//! One file of the client and the answer it makes: coding, entity tag, caching.

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::coding::{Coding, choose};

include!(concat!(env!("OUT_DIR"), "/app.rs"));

/// Files whose names change with their bytes may be kept for a year.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for each time.
const ASK: &str = "no-cache";

/// A file of the built client.
#[derive(Debug)]
pub(crate) struct File {
    /// Below `/app/`.
    pub(super) name: &'static str,
    /// The media type.
    pub(super) kind: &'static str,
    /// The beginning of its SHA-256, in hexadecimal.
    pub(super) hash: &'static str,
    /// As it is.
    pub(super) plain: &'static [u8],
    /// Compressed with Brotli.
    pub(super) br: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub(super) gz: Option<&'static [u8]>,
}

/// The file of this name in a table sorted by name.
pub(super) fn find(files: &'static [File], name: &str) -> Option<&'static File> {
    files.binary_search_by(|file| file.name.cmp(name)).ok().map(|place| &files[place])
}

impl File {
    /// What is sent of it.
    pub(super) fn content(&self) -> Content {
        Content {
            kind: self.kind,
            tag: self.hash.to_owned(),
            caching: if self.name.starts_with("assets/") { FOREVER } else { ASK },
            plain: Bytes::from_static(self.plain),
            br: self.br.map(Bytes::from_static),
            gz: self.gz.map(Bytes::from_static),
        }
    }
}

/// Bytes in up to three codings, and how they may be kept.
#[derive(Clone, Debug)]
pub(super) struct Content {
    kind: &'static str,
    tag: String,
    caching: &'static str,
    plain: Bytes,
    br: Option<Bytes>,
    gz: Option<Bytes>,
}

impl Content {
    /// JSON that is the same for as long as the process lives, and may differ in the next.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        let plain = Bytes::from(value.to_string());
        let tag = tag_of(&plain);
        Self { kind: "application/json", tag, caching: ASK, plain, br: None, gz: None }
    }

    /// The answer to a request with these headers: the smallest form that it takes, or nothing but the word that what it
    /// has is still right. Each coding has a tag of its own, as RFC 9110 wants of strong ones.
    pub(super) fn answer(&self, headers: &HeaderMap) -> Response {
        let coding = choose(headers, self.br.is_some(), self.gz.is_some());
        let tag = match coding.name() {
            Some(name) => format!("\"{}-{name}\"", self.tag),
            None => format!("\"{}\"", self.tag),
        };
        let is_known = knows(headers, &tag);
        let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { self.whole(coding) };
        let fields = response.headers_mut();
        fields.insert(CACHE_CONTROL, HeaderValue::from_static(self.caching));
        fields.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            fields.insert(ETAG, tag);
        }
        response
    }

    fn whole(&self, coding: Coding) -> Response {
        let bytes = match coding {
            Coding::Brotli => self.br.as_ref(),
            Coding::Gzip => self.gz.as_ref(),
            Coding::Identity => None,
        };
        let mut response = ([(CONTENT_TYPE, self.kind)], bytes.unwrap_or(&self.plain).clone()).into_response();
        if let Some(name) = coding.name() {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }
}

/// Whether `If-None-Match` names this tag. A weak one counts as well: the question is about reading only.
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// A tag for bytes that are made at start: FNV-1a, since nobody gains by a collision with their own server's facts.
fn tag_of(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
