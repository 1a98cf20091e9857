//! MTProto over HTTP (page "mtproto/mtproto-transports"): one message in each request, one in each response, which is held
//! back until there is something to say.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    CONTENT_TYPE,
};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use mtproto::envelope::{auth_key_id, parse_plain, write_plain};
use mtproto::limits::FRAME_MAX_BYTES;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Peer;
use crate::connection::End;
use crate::exchange::{self, Exchange, Told};
use crate::incoming::{self, Asked};
use crate::limits::{FRAME_FREE_BYTES, HTTP_WAIT_DEFAULT_MS, HTTP_WAIT_MAX_MS};
use crate::live::{KeyHandle, Link, LiveSession};
use crate::node::{Node, Phase, reached};
use crate::outgoing::seal_bare;

/// What one HTTP connection keeps between requests.
#[derive(Default)]
pub(crate) struct Polls {
    exchange: Mutex<Exchange>,
    key: parking_lot::Mutex<Option<Arc<KeyHandle>>>,
}

/// Browsers ask before they send; any origin may.
pub(super) async fn preflight() -> Response {
    (StatusCode::OK, allowed()).into_response()
}

const fn allowed() -> [(axum::http::HeaderName, &'static str); 4] {
    [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "origin, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "1728000"),
    ]
}

/// One request.
pub(super) async fn take(Extension(peer): Extension<Peer>, body: Body) -> Response {
    let frame = match whole(&peer.node, body).await {
        Ok(frame) => frame,
        Err(status) => return (status, allowed()).into_response(),
    };
    let answer = match auth_key_id(&frame) {
        Some(0) => take_plain(&peer, &frame).await,
        Some(key_id) => take_encrypted(&peer, key_id, frame).await,
        None => Err(End::Malformed),
    };
    match answer {
        Ok(bytes) => (allowed(), [(CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(end) => (status(end), allowed()).into_response(),
    }
}

/// The whole body. What strangers send of it before they stop is bounded over all of them.
async fn whole(node: &Node, body: Body) -> Result<BytesMut, StatusCode> {
    if body.size_hint().lower() > FRAME_MAX_BYTES as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let (mut whole, mut held, mut chunks) = (BytesMut::new(), node.bodies.hold(), body.into_data_stream());
    while let Some(chunk) = chunks.next().await {
        whole.extend_from_slice(&chunk.map_err(|_| StatusCode::BAD_REQUEST)?);
        if whole.len() > FRAME_MAX_BYTES {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if whole.len() > FRAME_FREE_BYTES && !held.resize(whole.len()) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
    }
    Ok(whole)
}

/// Transport errors are the statuses of HTTP here.
const fn status(end: End) -> StatusCode {
    match end {
        End::NoKey => StatusCode::NOT_FOUND,
        End::Malformed | End::Unknown => StatusCode::BAD_REQUEST,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn take_plain(peer: &Peer, frame: &[u8]) -> Result<Bytes, End> {
    let plain = parse_plain(frame).map_err(|_| End::Malformed)?;
    let mut exchange = peer.polls.exchange.lock().await;
    match exchange::take(&peer.node, peer.ip, &mut exchange, plain.body).await {
        Told::Nothing => Ok(Bytes::new()),
        Told::Reply(body) => {
            let mut payload = BytesMut::new();
            write_plain(peer.node.now().msg_id() | 1, &body, &mut payload);
            Ok(payload.freeze())
        }
        Told::Refusal => Err(End::NoKey),
        Told::Close => Err(End::Trouble),
        Told::TurnAway => Err(End::Refused),
    }
}

async fn take_encrypted(peer: &Peer, key_id: i64, frame: BytesMut) -> Result<Bytes, End> {
    let node = &peer.node;
    let present = peer.polls.key.lock().clone();
    let key = incoming::key(node, present.as_ref(), key_id).await?;
    let (opened, session) = incoming::session(node, &key, frame)?;
    *peer.polls.key.lock() = Some(key);
    let poll = Poll { node: node.clone(), session, link: node.links.unlisted() };
    // Requests of a session follow each other: what an earlier response carried has most likely arrived.
    let events = incoming::feed(node, &poll.session, &opened, &poll.link, false)?;
    let mut wait = HTTP_WAIT_DEFAULT_MS;
    for event in events {
        if let Asked::HttpWait(max_wait) = incoming::act(node, &poll.session, event, peer.ip).await {
            wait = u64::try_from(max_wait).unwrap_or(0).min(HTTP_WAIT_MAX_MS);
        }
    }
    Ok(poll.answer(Duration::from_millis(wait)).await)
}

/// A request that waits for what there is to say; gives the session back when dropped.
struct Poll {
    node: Arc<Node>,
    session: Arc<LiveSession>,
    link: Arc<Link>,
}

impl Poll {
    async fn answer(&self, wait: Duration) -> Bytes {
        let until = Instant::now() + wait;
        let mut phase = self.node.phase.subscribe();
        let mut is_draining = false;
        loop {
            if let Some(sealed) = self.seal() {
                return sealed;
            }
            let is_over = tokio::select! {
                () = self.link.woken() => self.link.is_cut(),
                () = tokio::time::sleep_until(until) => true,
                () = reached(&mut phase, Phase::Draining), if !is_draining => {
                    is_draining = true;
                    false
                }
            };
            if is_over || (is_draining && self.session.lock().lane.pending() == 0) {
                return self.seal().unwrap_or_default();
            }
        }
    }

    /// E17: another request may carry the session by now; then this one gets nothing.
    fn seal(&self) -> Option<Bytes> {
        let mut body = Vec::new();
        let header = {
            let mut inner = self.session.lock();
            if !inner.is_carried_by(&self.link) {
                return None;
            }
            inner.protocol.pack(self.node.now(), &mut body)?
        };
        Some(seal_bare(&self.session.key.auth, &header, &body).freeze())
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.session.lock().detach(&self.link, self.node.now());
    }
}
