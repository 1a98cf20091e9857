//! The web client under `/app/`: the files that the build put into the binary, each as small as the browser can take it.
//!
//! Files below `assets/` carry a hash in their names and never change; everything else (the page, the service worker, the
//! manifest) is asked for each time and answered with 304 while it is the same. What is not in the table is not there: no
//! path of a request ever reaches the disk.

mod coding;
mod file;
mod policy;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::json;

use crate::page::Facts;
use file::{Content, FILES, File, find};

/// The table that is served, and what the client is told of the server.
struct App {
    files: &'static [File],
    facts: Content,
}

/// `/app/` and everything below it.
pub(crate) fn router(facts: &Facts) -> Router {
    serving(FILES, facts)
}

fn serving(files: &'static [File], facts: &Facts) -> Router {
    let app = Arc::new(App { files, facts: Content::json(&server(facts)) });
    Router::new()
        .route("/app", get(async || Redirect::permanent("/app/")))
        .route("/app/", get(index))
        .route("/app/server.json", get(server_json))
        .route("/app/{*name}", get(asset))
        .with_state(app)
        .layer(from_fn(policy::apply))
}

/// What the client needs before it can speak: whom it reaches and by which key it knows them.
fn server(facts: &Facts) -> serde_json::Value {
    json!({
        "name": facts.name,
        "version": facts.version,
        "dc": facts.dc,
        "publicKeys": [facts.public_pem],
        "baseUrl": facts.base_url,
    })
}

async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match find(app.files, "index.html") {
        Some(page) => page.content().answer(&headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

async fn server_json(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.facts.answer(&headers)
}

async fn asset(State(app): State<Arc<App>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match find(app.files, &name) {
        Some(file) => file.content().answer(&headers),
        None => (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "not found\n").into_response(),
    }
}

/// Shown where the binary was built without the client.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>No web client</title>\n<h1>No web client</h1>\n\
    <p>This server was built without its web client. <code>make build</code> builds both; by hand it is\n\
    <code>npm ci --ignore-scripts</code> and <code>npm run build</code> in <code>webapp/</code>, then\n\
    <code>cargo build --release -p kentong</code>.</p>\n</html>\n";

#[cfg(test)]
mod tests;
