//! Against a table of the tests' own, so that they say the same with and without a built client.

use axum::body::Body;
use axum::http::uri::Scheme;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::tests::facts;

static SAMPLE: &[File] = &[
    File {
        name: "assets/main-1a2b.js",
        kind: "text/javascript; charset=utf-8",
        hash: "aa",
        plain: b"script",
        br: Some(b"sb"),
        gz: Some(b"sgz"),
    },
    File {
        name: "index.html",
        kind: "text/html; charset=utf-8",
        hash: "bb",
        plain: b"<!doctype html>",
        br: None,
        gz: Some(b"hgz"),
    },
    File { name: "sw.js", kind: "text/javascript; charset=utf-8", hash: "cc", plain: b"worker", br: None, gz: None },
];

struct Answer {
    code: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(files: &'static [File], method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = serving(files, &facts()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { code: parts.status.as_u16(), headers: parts.headers, body }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(SAMPLE, Method::GET, path, headers).await
}

#[tokio::test]
async fn hashed_files_are_kept_and_others_are_asked_for() {
    let script = get("/app/assets/main-1a2b.js", &[]).await;
    assert_eq!((script.code, script.body.as_slice()), (200, &b"script"[..]));
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    for path in ["/app/", "/app/index.html", "/app/sw.js", "/app/server.json"] {
        let answer = get(path, &[]).await;
        assert_eq!((answer.code, answer.header("cache-control")), (200, "no-cache"), "{path}");
        assert!(!answer.header("etag").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn each_browser_gets_the_smallest_form_it_takes() {
    let path = "/app/assets/main-1a2b.js";
    for (accept, body, coding, tag) in [
        ("br, gzip", "sb", "br", "\"aa-br\""),
        ("gzip", "sgz", "gzip", "\"aa-gzip\""),
        ("zstd", "script", "", "\"aa\""),
    ] {
        let answer = get(path, &[("accept-encoding", accept)]).await;
        assert_eq!(answer.body, body.as_bytes(), "{accept}");
        assert_eq!(answer.header("content-encoding"), coding);
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    let page = get("/app/", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((page.body.as_slice(), page.header("content-encoding")), (&b"hgz"[..], "gzip"), "there is no br of it");
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    for known in ["\"bb\"", "W/\"bb\"", "\"x\", \"bb\"", "*"] {
        let answer = get("/app/", &[("if-none-match", known)]).await;
        assert_eq!((answer.code, answer.body.len()), (304, 0), "{known}");
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("\"bb\"", "no-cache"));
    }
    for other in ["\"x\"", "bb", "\"bb-gzip\""] {
        assert_eq!(get("/app/", &[("if-none-match", other)]).await.code, 200, "{other}");
    }
    let tag = get("/app/server.json", &[]).await.header("etag").to_owned();
    assert_eq!(get("/app/server.json", &[("if-none-match", &tag)]).await.code, 304);
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    for path in ["/app", "/app/", "/app/assets/main-1a2b.js", "/app/nothing", "/app/server.json"] {
        let answer = get(path, &[("if-none-match", "\"bb\"")]).await;
        let policy = answer.header("content-security-policy");
        for part in
            ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn the_opener_is_cut_off_where_a_browser_heeds_it() {
    let cut = async |host: &str| get("/app/", &[("host", host)]).await.header("cross-origin-opener-policy").to_owned();
    for host in ["localhost", "127.0.0.1:4430", "[::1]:4430"] {
        assert_eq!(cut(host).await, "same-origin", "{host}");
    }
    for host in ["chat.lan:4430", "192.168.1.5:4430", "localhost.evil.example"] {
        assert_eq!(cut(host).await, "", "{host}: a browser would complain on its console");
    }
    let request = Request::get("/app/").header("host", "chat.example").extension(Scheme::HTTPS);
    let response = serving(SAMPLE, &facts()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
}

#[tokio::test]
async fn what_is_not_in_the_table_is_not_there() {
    for path in [
        "/app/nothing",
        "/app/assets/",
        "/app/assets/main-1a2b.js.br",
        "/app/../etc/passwd",
        "/app/%2e%2e/x",
        "/app//index.html",
    ] {
        let answer = get(path, &[]).await;
        assert_eq!(answer.code, 404, "{path}");
    }
    let moved = get("/app", &[]).await;
    assert_eq!((moved.code, moved.header("location")), (308, "/app/"));
    assert_eq!(ask(SAMPLE, Method::POST, "/app/", &[]).await.code, 405);
}

#[tokio::test]
async fn a_question_for_the_head_has_no_body() {
    let answer = ask(SAMPLE, Method::HEAD, "/app/assets/main-1a2b.js", &[("accept-encoding", "br")]).await;
    assert_eq!((answer.code, answer.body.len()), (200, 0));
    assert_eq!((answer.header("content-length"), answer.header("content-encoding")), ("2", "br"));
}

#[tokio::test]
async fn the_client_learns_whom_it_reaches() {
    let answer = get("/app/server.json", &[]).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let facts = facts();
    assert_eq!(told["publicKeys"], serde_json::json!([facts.public_pem]));
    assert_eq!((told["dc"].as_i64(), told["baseUrl"].as_str()), (Some(2), Some(facts.base_url.as_str())));
    assert_eq!((told["name"].as_str(), told["version"].as_str()), (Some(facts.name), Some(facts.version)));
}

#[tokio::test]
async fn a_build_without_the_client_says_so() {
    let answer = ask(&[], Method::GET, "/app/", &[]).await;
    assert_eq!(answer.code, 503);
    assert!(String::from_utf8(answer.body).unwrap().contains("make build"));
    assert_eq!(ask(&[], Method::GET, "/app/server.json", &[]).await.code, 200);
}

/// Whatever the build found: sorted, as the search needs it, and with the page if with anything.
#[test]
fn the_table_of_this_build_is_sorted() {
    assert!(FILES.is_sorted_by(|left, right| left.name < right.name));
    assert!(FILES.is_empty() || find(FILES, "index.html").is_some());
    assert!(FILES.iter().all(|file| !file.plain.is_empty() || file.name.ends_with(".txt")), "an empty file");
}
