//! How the server fares: a page for people, drawn by a small script of this server's own, and the numbers it draws.
//!
//! Without scripts the page tells the numbers of the moment, and a terminal gets them as text. Nothing here asks the store: a
//! server in trouble must be able to say so.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde_json::{Value, json};

use super::visit::Visit;
use super::words::Language;
use super::{Site, render};
use crate::live::{Point, Range, SERIES};
use crate::status::{Phase, Status};

/// With less memory left than this it is nearly out, in bytes.
const MEMORY_NEARLY_OUT_BYTES: i64 = 128 * 1024 * 1024;
/// With less room on the disk than this it is nearly out, in bytes.
const DISK_NEARLY_OUT_BYTES: i64 = 512 * 1024 * 1024;

const SCRIPT: &str = include_str!("../../look/status.js");
const SHEET: &str = include_str!("../../look/status.css");

pub(super) async fn page(State(pages): Site, visit: Visit) -> Response {
    let (state, reasons) = standing(&pages.status);
    let live = |part: &str, key: &str| visit.language.within(&["live", part, key]);
    let numbers = numbers(visit.language, pages.status.live().last());
    let values = context! {
        state,
        headline => live("states", state),
        reasons => reasons.iter().map(|reason| live("reasons", reason)).collect::<Vec<_>>(),
        numbers,
        live_words => visit.language.json("live"),
    };
    let template = if visit.is_terminal { "status.txt" } else { "status.html" };
    pages.renderer.page(&visit, StatusCode::OK, template, values)
}

pub(super) async fn news(State(pages): Site, RawQuery(query): RawQuery) -> Response {
    let (range, after) = asked(query.as_deref().unwrap_or_default());
    let (state, reasons) = standing(&pages.status);
    let mut news = pages.status.live().after(range, after);
    if let Value::Object(news) = &mut news {
        news.insert("state".to_owned(), json!(state));
        news.insert("reasons".to_owned(), json!(reasons));
    }
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    (headers, news.to_string()).into_response()
}

/// The words of the charts in the language that is asked for: the web client draws the same.
pub(super) async fn words(visit: Visit) -> Response {
    let headers = [(header::CACHE_CONTROL, render::ASK_AGAIN), (header::CONTENT_TYPE, "application/json")];
    (headers, [(header::VARY, "accept-language")], visit.language.json("live")).into_response()
}

pub(super) async fn script() -> Response {
    render::asset("text/javascript; charset=utf-8", SCRIPT, render::ASK_AGAIN)
}

pub(super) async fn sheet() -> Response {
    render::asset("text/css; charset=utf-8", SHEET, render::ASK_AGAIN)
}

/// Which range is wanted, and behind which point; what is not understood is the shorter one from its beginning.
fn asked(query: &str) -> (Range, u64) {
    let value = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    let range = if value("range").is_some_and(|(_, range)| range == "day") { Range::Day } else { Range::Minutes };
    (range, value("after").and_then(|(_, after)| after.parse().ok()).unwrap_or(0))
}

/// How the server is in one word, and why.
fn standing(status: &Status) -> (&'static str, Vec<&'static str>) {
    let reasons: Vec<(&'static str, bool)> = [
        ("read_only", true, metrics::STORE_READ_ONLY.get() != 0),
        ("disk", true, (1..DISK_NEARLY_OUT_BYTES).contains(&metrics::STORE_FREE_BYTES.get())),
        ("memory", true, (1..MEMORY_NEARLY_OUT_BYTES).contains(&metrics::MEMORY_LEFT_BYTES.get())),
        ("files", true, metrics::FILES_SCARCE.get() != 0),
        ("shedding", false, metrics::PRESSURE.get() > 0),
        ("newcomers_wait", false, metrics::WAITING_ROOM_PLACES.get() + metrics::GATE_WAITING.get() > 0),
    ]
    .into_iter()
    .filter_map(|(reason, is_trouble, holds)| holds.then_some((reason, is_trouble)))
    .collect();
    let state = match status.phase() {
        Phase::Starting => "starting",
        Phase::Draining => "draining",
        Phase::Ready if reasons.iter().any(|(_, is_trouble)| *is_trouble) => "trouble",
        Phase::Ready if reasons.is_empty() => "fine",
        Phase::Ready => "busy",
    };
    (state, reasons.into_iter().map(|(reason, _)| reason).collect())
}

/// The numbers of the last second with their names, for whoever has no scripts.
fn numbers(language: &Language, last: Option<Point>) -> Vec<(String, String)> {
    let value = |series: &str| {
        let index = SERIES.iter().position(|name| *name == series)?;
        last.and_then(|point| point[index])
    };
    let whole =
        |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| language.number(value.round() as u64));
    let a_second = |value: Option<f32>| language.within(&["live", "a_second"]).replace("{count}", &whole(value));
    let milliseconds = |value: Option<f32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0} ms"));
    let refused = ["refused_c0", "refused_c2", "refused_c3", "refused_key"].iter().filter_map(|name| value(name)).sum();
    let named = |key: &str, text: String| (language.within(&["live", "charts", key]).to_owned(), text);
    let line = |key: &str, text: String| (language.within(&["live", "lines", key]).to_owned(), text);
    vec![
        named("sign_ups", a_second(value("sign_ups"))),
        named("waiting", whole(value("waiting"))),
        line("delivered_median", milliseconds(value("delivered_median"))),
        line("delivered_slowest", milliseconds(value("delivered_slowest"))),
        named("messages", a_second(value("messages"))),
        named("connections", whole(value("connections"))),
        named("refused", a_second(Some(refused))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_kindly() {
        assert_eq!(asked("range=day&after=17"), (Range::Day, 17));
        for odd in ["", "&&", "range", "range=year&after=-1", "after=99999999999999999999", "=&=x"] {
            assert_eq!(asked(odd), (Range::Minutes, 0), "{odd}");
        }
    }
}
