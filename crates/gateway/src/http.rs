//! HTTP on the same port: the pages of other crates, WebSocket under `/apiws`, and MTProto over HTTP under `/api`.

mod forwarded;
mod long_poll;
mod patient;
mod rewind;
mod secure;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Extension;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::uri::Scheme;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use hyper_util::rt::{TokioIo, TokioTimer};
use mtproto::limits::FRAME_MAX_BYTES;
use mtproto::transport::Surface;
use tokio::io::{AsyncRead, AsyncWrite};
use tower::ServiceExt;

use crate::connection::{self, Arrival, End, Sniffed};
use crate::limits::{HTTP_HEAD_BYTES, HTTP_TIMEOUT, WEBSOCKET_BUFFER_BYTES};
use crate::listen::transport_name;
use crate::node::{Node, Phase, reached};

use forwarded::asked_by;
pub(crate) use long_poll::Polls;
use patient::Patient;
pub(crate) use rewind::Rewind;

/// Everything that is served over HTTP.
pub(crate) struct Site {
    router: Router,
}

/// The HTTP connection that a request came on.
#[derive(Clone)]
struct Peer {
    node: Arc<Node>,
    ip: IpAddr,
    polls: Arc<Polls>,
}

impl Site {
    /// These pages and the protocol's own.
    pub(crate) fn new(pages: Router) -> Self {
        let api = post(long_poll::take).options(long_poll::preflight);
        Self { router: pages.route("/apiws", get(websocket)).route("/api", api) }
    }
}

/// Serves one HTTP connection.
pub(crate) async fn serve<S>(arrival: Arrival, stream: S, head: Bytes, site: Arc<Site>, scheme: Scheme)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let Arrival { node, place, ip, .. } = arrival;
    let peer = Peer { node: node.clone(), ip, polls: Arc::new(Polls::default()) };
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        let (ip, scheme) = asked_by(&peer.node.config.trusted_proxies, request.headers(), peer.ip, &scheme);
        // For the pages of other crates: who asks, and how.
        request.extensions_mut().insert(ip);
        request.extensions_mut().insert(scheme);
        request.extensions_mut().insert(Peer { ip, ..peer.clone() });
        answer(peer.node.clone(), site.router.clone(), request)
    });
    let stream = Patient::new(Rewind::new(head, stream), node.config.write_timeout);
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(node.config.header_timeout)
        .max_buf_size(HTTP_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let mut phase = node.phase.subscribe();
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = reached(&mut phase, Phase::Draining) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "an http connection ended early");
    }
    drop(place);
    connection::ended(End::Gone);
}

/// What TLS has to say before the pages and after them.
async fn answer(node: Arc<Node>, router: Router, request: Request<Body>) -> Result<Response, Infallible> {
    let Some(https) = &node.config.https else { return respond(router, request).await };
    if request.extensions().get::<Scheme>() == Some(&Scheme::HTTPS) {
        return respond(router, request).await.map(|response| secure::remember(https, response));
    }
    match secure::elsewhere(https, &request) {
        Some(response) => Ok(response),
        None => respond(router, request).await,
    }
}

/// A request must come, and its response begin, in time: a body that trickles in holds a stranger's place.
async fn respond(router: Router, request: Request<Body>) -> Result<Response, Infallible> {
    match tokio::time::timeout(HTTP_TIMEOUT, router.oneshot(request)).await {
        Ok(response) => response,
        Err(_) => Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}

async fn websocket(Extension(peer): Extension<Peer>, upgrade: WebSocketUpgrade) -> Response {
    let Some(place) = peer.node.admission.admit(peer.ip) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let arrival = Arrival { node: peer.node, place, ip: peer.ip, may_introduce: false };
    upgrade
        .protocols(["binary"])
        .read_buffer_size(WEBSOCKET_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(FRAME_MAX_BYTES)
        .max_frame_size(FRAME_MAX_BYTES)
        .on_upgrade(move |socket| async move {
            let node = arrival.node.clone();
            node.runtimes.spawn_for_newcomers(serve_websocket(arrival, socket));
        })
}

async fn serve_websocket(mut arrival: Arrival, mut socket: WebSocket) {
    match connection::sniff(&mut socket, &mut arrival, Surface::WebSocket).await {
        Ok(Sniffed::Mtproto(codec, rest)) => {
            metrics::CONNECTIONS_ACCEPTED.inc("websocket");
            tracing::debug!(transport = transport_name(&codec), "a websocket carries the protocol");
            tokio::spawn(connection::serve(arrival, socket, codec, rest));
        }
        Ok(Sniffed::Http(_) | Sniffed::Tls(_)) => connection::ended(End::Unknown),
        Err(end) => connection::ended(end),
    }
}
