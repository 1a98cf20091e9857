//! Templates become answers, with the headers that they deserve.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, context, escape_formatter};

use super::visit::Visit;
use super::words;
use crate::page::Facts;

/// The colours and distances of the web client, then what the pages do with them.
pub(super) const SHEET: &str =
    concat!(include_str!("../../../../webapp/src/ui/tokens.css"), include_str!("../../look/pages.css"));

/// The page with a script.
const STATUS: &str = "status.html";

/// For what has a hash in its name.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";
/// For what changes with a release and has the same name in the next.
pub(super) const ASK_AGAIN: &str = "no-cache";
/// For what changes with a release at most.
pub(super) const ONE_DAY: &str = "public, max-age=86400";

/// No script, no frame, no form; styles and pictures of this server.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The same for the one page with a script, which asks this server for news.
const POLICY_WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TEMPLATES: [(&str, &str); 13] = [
    ("base.html", include_str!("../../templates/base.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("home.html", include_str!("../../templates/home.html")),
    ("home.txt", include_str!("../../templates/home.txt")),
    ("connect.html", include_str!("../../templates/connect.html")),
    ("guide.html", include_str!("../../templates/guide.html")),
    ("invite.html", include_str!("../../templates/invite.html")),
    ("spent.html", include_str!("../../templates/spent.html")),
    ("person.html", include_str!("../../templates/person.html")),
    (STATUS, include_str!("../../templates/status.html")),
    ("status.txt", include_str!("../../templates/status.txt")),
    ("missing.html", include_str!("../../templates/missing.html")),
    ("trouble.html", include_str!("../../templates/trouble.html")),
];

/// The templates, with what all of them are told.
pub(super) struct Renderer {
    templates: Environment<'static>,
    base_url: String,
    root: String,
    sheet: String,
}

impl Renderer {
    pub(super) fn new(facts: &Facts) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_formatter(escape);
        templates.add_filter("fill", fill);
        for (name, text) in TEMPLATES {
            templates.add_template(name, text).expect("a test renders every template");
        }
        let (root, sheet) = (root_of(&facts.base_url), sheet_name());
        templates.add_global("name", facts.name);
        templates.add_global("version", facts.version);
        templates.add_global("base_url", facts.base_url.clone());
        templates.add_global("addresses", Value::from(facts.addresses.clone()));
        templates.add_global("fingerprint", facts.fingerprint.clone());
        templates.add_global("root", root.clone());
        templates.add_global("sheet", sheet.clone());
        Self { templates, base_url: facts.base_url.clone(), root, sheet }
    }

    /// The path of the first page, with a slash at the end.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// The name of the style sheet, which changes with it.
    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The page that this template makes of these values.
    pub(super) fn page(&self, visit: &Visit, status: StatusCode, template: &str, values: Value) -> Response {
        let shared = context! {
            words => visit.language.value.clone(),
            language => visit.language.code,
            here => visit.here.as_str(),
            is_exposed => visit.is_plain && self.base_url.starts_with("https://"),
        };
        let found = self.templates.get_template(template);
        match found.and_then(|found| found.render(context! { ..values, ..shared })) {
            Ok(text) => (status, headers(visit, template), text).into_response(),
            Err(error) => {
                tracing::error!(%error, template, "a page cannot be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn headers(visit: &Visit, template: &str) -> [(HeaderName, &'static str); 8] {
    let kind = if template.ends_with(".txt") { "text/plain; charset=utf-8" } else { "text/html; charset=utf-8" };
    [
        (CONTENT_TYPE, kind),
        (CONTENT_LANGUAGE, visit.language.code),
        (CONTENT_SECURITY_POLICY, if template == STATUS { POLICY_WITH_SCRIPT } else { POLICY }),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // For browsers that do not know frame-ancestors.
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "accept-language, user-agent"),
    ]
}

/// A file that is always the same.
pub(super) fn asset(kind: &'static str, text: &'static str, keep: &'static str) -> Response {
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, keep), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, Bytes::from_static(text.as_bytes())).into_response()
}

/// The path part of the base URL: a server may live below a path of somebody else's.
fn root_of(base_url: &str) -> String {
    let behind_scheme = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    behind_scheme.find('/').map_or("/", |at| &behind_scheme[at..]).to_owned()
}

/// Escapes what could end a text or an attribute and leaves addresses as they are; the engine's own would write every slash
/// as a number.
fn escape(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let text = match value.as_str() {
        Some(text) if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => text,
        _ => return escape_formatter(out, state, value),
    };
    for letter in text.chars() {
        match letter {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            _ => out.write_char(letter),
        }?;
    }
    Ok(())
}

/// FNV-1a over the sheet: a name that changes with it; nobody gains by a collision.
fn sheet_name() -> String {
    let hash = SHEET
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("pages-{hash:016x}.css")
}

/// `{{ sentence | fill(name=value) }}`; what comes out is escaped like everything else.
fn fill(text: &str, values: Kwargs) -> Result<String, minijinja::Error> {
    let filled = words::fill(text, |name| values.get::<Value>(name).ok().map(|value| value.to_string()));
    // A value that the sentence of this language has no gap for is no mistake.
    values.args().for_each(|name| drop(values.get::<Value>(name)));
    values.assert_all_used()?;
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_below_a_path_knows_its_root() {
        assert_eq!(root_of("https://chat.example/"), "/");
        assert_eq!(root_of("http://10.0.0.1:80/k/"), "/k/");
        assert_eq!(root_of("https://chat.example"), "/");
    }
}
