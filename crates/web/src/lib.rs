//! HTTP edges: the web client, the server's own pages, health, metrics and the public key.
//!
//! The router made here is handed to the gateway, which serves it on the same port as the protocol. Only the pages ask the
//! platform: health must answer when it is slow, and says what was last known of it.

mod app;
mod live;
mod page;
mod pages;
mod status;

pub use page::{Facts, Guide};
pub use status::{Phase, Status};

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use platform::Platform;

struct Site {
    status: Status,
    facts: Facts,
}

/// Every page of this crate.
pub fn router(status: Status, facts: Facts, platform: Platform) -> Router {
    let (app, pages) = (app::router(&facts), pages::router(&facts, platform, status.clone()));
    Router::new()
        .route("/public.pem", get(public_key))
        .route("/healthz/live", get(live))
        .route("/healthz/ready", get(ready))
        .route("/metrics", get(scrape))
        .with_state(Arc::new(Site { status, facts }))
        .merge(app)
        .merge(pages)
}

async fn public_key(State(site): State<Arc<Site>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], site.facts.public_pem.clone())
}

/// The process answers: that is all liveness asks. A restart cures nothing that readiness reports.
async fn live() -> &'static str {
    "live\n"
}

/// Whether new connections should come here. Trouble with writing is told but does not turn readers away.
async fn ready(State(site): State<Arc<Site>>) -> impl IntoResponse {
    let phase = site.status.phase();
    let code = if phase == Phase::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, format!("{}\n{}", phase.name(), site.status.notes()))
}

async fn scrape() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, Response};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    pub(crate) fn facts() -> Facts {
        Facts {
            name: "Kentong",
            version: "0.0.0",
            fingerprint: "00ff".into(),
            addresses: vec!["203.0.113.1:4430".into()],
            public_pem: "-----BEGIN RSA PUBLIC KEY-----\n".into(),
            dc: 2,
            base_url: "http://203.0.113.1:4430/".into(),
            guides: Vec::new(),
        }
    }

    /// No page here asks for the time.
    struct Still;

    impl platform::Runtime for Still {
        fn now_ms(&self) -> i64 {
            0
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    async fn fetch(status: &Status, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let ports = platform::Ports::memory(store::Store::memory(), bus::Bus::in_process(), std::sync::Arc::new(Still));
        let platform = Platform::open(ports, platform::Settings::default()).await.unwrap();
        let response: Response<Body> = router(status.clone(), facts(), platform).oneshot(request).await.unwrap();
        let code = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (code, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn readiness_follows_the_phase_and_liveness_does_not() {
        let status = Status::new(|| vec!["store: read-only".to_owned()]);
        for (phase, code) in [(Phase::Starting, 503), (Phase::Ready, 200), (Phase::Draining, 503)] {
            status.enter(phase);
            let (answer, text) = fetch(&status, "/healthz/ready").await;
            assert_eq!(answer.as_u16(), code);
            assert_eq!(text, format!("{}\nstore: read-only\n", phase.name()));
            assert_eq!(fetch(&status, "/healthz/live").await, (StatusCode::OK, "live\n".into()));
        }
    }

    #[tokio::test]
    async fn metrics_are_the_inventory() {
        let status = Status::new(Vec::new);
        status.enter(Phase::Ready);
        let (code, text) = fetch(&status, "/metrics").await;
        assert_eq!(code, StatusCode::OK);
        assert!(text.contains("\nkentong_ready "), "{text}");
    }

    #[tokio::test]
    async fn the_first_page_says_where_and_whom_to_trust() {
        let status = Status::new(Vec::new);
        let (code, text) = fetch(&status, "/").await;
        assert_eq!(code, StatusCode::OK);
        assert!(text.contains("203.0.113.1:4430") && text.contains("00ff"), "{text}");
        assert_eq!(fetch(&status, "/public.pem").await.1, facts().public_pem);
        assert_eq!(fetch(&status, "/nothing").await.0, StatusCode::NOT_FOUND);
    }
}
