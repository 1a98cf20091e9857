//! The server's own pages: the first page, how to connect, invitations, people, and what to say when there is nothing.
//!
//! They are rendered here, without scripts but for the charts of the status page, in the language that the browser asks for, and look like the web client: its
//! tokens are the first half of their one style sheet. What strangers wrote (names, lines under names) goes through the
//! templates' escaping and nowhere else. Nothing private is shown, and what is not shown is not told from what is not there.

mod code;
mod person;
mod render;
mod status;
#[cfg(test)]
mod tests;
mod visit;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use minijinja::context;
use platform::people::SignUpMode;
use platform::{Platform, PlatformError, Refusal};

use crate::page::{Facts, Guide};
use crate::status::Status;
use code::Code;
use render::{Renderer, asset};
use visit::Visit;
use words::Language;

/// The client's icon is the server's.
const ICON: &str = include_str!("../../../../webapp/public/icon.svg");
/// What crawlers are asked: people's pages say for themselves that they are not for an index.
const ROBOTS: &str = "User-agent: *\nDisallow: /app/\nDisallow: /invite/\n";
/// When to come again after trouble of the server's, in seconds.
const TROUBLE_SECONDS: u32 = 5;
/// Digits of an invite that are shown together.
const INVITE_GROUP: usize = 4;

/// What every page is made from.
struct Pages {
    facts: Facts,
    platform: Platform,
    renderer: Renderer,
    home_code: Code,
    status: Status,
}

type Site = State<Arc<Pages>>;

/// Every page, and the answer to whatever nothing else answers.
pub(crate) fn router(facts: &Facts, platform: Platform, status: Status) -> Router {
    let renderer = Renderer::new(facts);
    let sheet = format!("/{}", renderer.sheet());
    let pages = Pages { home_code: Code::of(&facts.base_url), facts: facts.clone(), platform, renderer, status };
    Router::new()
        .route("/", get(home))
        .route("/connect", get(connect))
        .route("/connect/{client}", get(guide))
        .route("/invite/{code}", get(invite))
        .route("/admin", get(admin))
        .route("/status", get(status::page))
        .route("/status.json", get(status::news))
        .route("/status.words.json", get(status::words))
        .route("/status.js", get(status::script))
        .route("/status.css", get(status::sheet))
        .route(&sheet, get(async || asset("text/css; charset=utf-8", render::SHEET, render::FOREVER)))
        .route("/icon.svg", get(async || asset("image/svg+xml", ICON, render::ONE_DAY)))
        .route("/favicon.ico", get(async || Redirect::permanent("/icon.svg")))
        .route("/robots.txt", get(async || asset("text/plain; charset=utf-8", ROBOTS, render::ONE_DAY)))
        .route("/{name}", get(person::page))
        .route("/{name}/photo.jpg", get(person::photo))
        .fallback(missing)
        .with_state(Arc::new(pages))
}

async fn home(State(pages): Site, visit: Visit) -> Response {
    let people = match pages.platform.count_people().await {
        Ok(people) => people,
        Err(error) => return trouble(&pages, &visit, &error),
    };
    let mode = pages.platform.sign_up_mode();
    let template = if visit.is_terminal { "home.txt" } else { "home.html" };
    let values = context! {
        people => people_here(visit.language, people, mode),
        is_empty => people == 0,
        about => about(&pages, &visit, "home_about"),
        mode => mode_name(mode),
        code => pages.home_code.value(),
        guides => guides(&pages.facts),
    };
    pages.renderer.page(&visit, StatusCode::OK, template, values)
}

async fn connect(State(pages): Site, visit: Visit) -> Response {
    let facts = &pages.facts;
    let values = context! {
        code => pages.home_code.value(),
        guides => guides(facts),
        public_pem => facts.public_pem.trim_end(),
        dc => facts.dc,
        sockets => facts.base_url.replacen("http", "ws", 1),
    };
    pages.renderer.page(&visit, StatusCode::OK, "connect.html", values)
}

async fn guide(State(pages): Site, Path(client): Path<String>, visit: Visit) -> Response {
    let Some(guide) = pages.facts.guides.iter().find(|guide| guide.slug == client) else {
        return not_found(&pages, &visit);
    };
    if visit.is_terminal {
        return ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], guide.text.clone()).into_response();
    }
    let values = context! { code => pages.home_code.value(), guide => guide_value(guide) };
    pages.renderer.page(&visit, StatusCode::OK, "guide.html", values)
}

/// Spent, revoked, expired and never made look the same, to the byte.
async fn invite(State(pages): Site, Path(code): Path<String>, visit: Visit) -> Response {
    let shown = match pages.platform.show_invite(&code, visit.address()).await {
        Ok(shown) => shown,
        Err(error) => return trouble(&pages, &visit, &error),
    };
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    if !shown.usable {
        let is_open = pages.platform.sign_up_mode() == SignUpMode::Open;
        return gone(&pages, &visit, "spent.html", context! { is_open });
    }
    let headline = match &shown.by {
        Some(by) => visit.language.fill("invite_by", &[("name", by)]),
        None => visit.language.text("invite_from_nobody").to_owned(),
    };
    let values = context! {
        headline,
        about => about(&pages, &visit, "invite_about"),
        makes_admin => shown.makes_admin,
        invite => digits.as_str(),
        invite_shown => in_groups(&digits),
        code => Code::of(&format!("{}invite/{digits}", pages.facts.base_url)).value(),
    };
    pages.renderer.page(&visit, StatusCode::OK, "invite.html", values)
}

async fn admin(State(pages): Site) -> Response {
    Redirect::to(&format!("{}app/#/admin", pages.renderer.root())).into_response()
}

async fn missing(State(pages): Site, visit: Visit) -> Response {
    not_found(&pages, &visit)
}

/// There is nothing: the same bytes for every reason.
fn not_found(pages: &Pages, visit: &Visit) -> Response {
    gone(pages, visit, "missing.html", context! {})
}

/// A page that does not even say which address it answers.
fn gone(pages: &Pages, visit: &Visit, template: &str, values: minijinja::Value) -> Response {
    let visit = Visit { here: String::new(), ..visit.clone() };
    pages.renderer.page(&visit, StatusCode::NOT_FOUND, template, values)
}

/// Whoever looks at too much, or nobody's fault; both may come again.
fn trouble(pages: &Pages, visit: &Visit, error: &PlatformError) -> Response {
    tracing::debug!(%error, "a page could not be made");
    let (status, seconds) = match error {
        PlatformError::Refused(Refusal::FloodWait(seconds)) => (StatusCode::TOO_MANY_REQUESTS, *seconds),
        _ => (StatusCode::SERVICE_UNAVAILABLE, TROUBLE_SECONDS),
    };
    let mut response = pages.renderer.page(visit, status, "trouble.html", context! {});
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What this place is, in a sentence that promises no numbers where none are given.
fn about(pages: &Pages, visit: &Visit, key: &str) -> String {
    let key = if pages.platform.settings().door_numbers { key.to_owned() } else { format!("{key}_phone") };
    visit.language.fill(&key, &[("name", pages.facts.name)])
}

fn people_here(words: &Language, people: u64, mode: SignUpMode) -> String {
    match people {
        // Where not everybody may join, nobody is told to be the first.
        0 if mode != SignUpMode::Open => words.text("people_none_shut").to_owned(),
        0 => words.text("people_none").to_owned(),
        1 => words.text("people_one").to_owned(),
        _ => words.fill("people_other", &[("count", &words.number(people))]),
    }
}

fn mode_name(mode: SignUpMode) -> &'static str {
    match mode {
        SignUpMode::Open => "open",
        SignUpMode::Invite => "invite",
        SignUpMode::Approved => "approval",
        SignUpMode::Closed => "closed",
    }
}

fn guides(facts: &Facts) -> Vec<minijinja::Value> {
    facts.guides.iter().map(guide_value).collect()
}

fn guide_value(guide: &Guide) -> minijinja::Value {
    context! { slug => guide.slug.as_str(), name => guide.name.as_str(), text => guide.text.trim_end() }
}

/// Twelve digits as people read them to each other.
fn in_groups(digits: &str) -> String {
    let letters: Vec<char> = digits.chars().collect();
    letters.chunks(INVITE_GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
