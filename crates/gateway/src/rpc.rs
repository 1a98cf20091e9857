//! From a request of a session to its answer: wrappers off, order kept, the API asked, the answer queued.
//!
//! Every request gets an answer, whatever happens to it.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Once};
use std::task::Poll;

use api::{Caller, Peeled, RpcError};
use bytes::Bytes;
use failpoint::failpoint;
use futures::FutureExt;
use mtproto::session::{rpc_result, schema};
use platform::people::auth_key::ClientInfo;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState};

use crate::calls;
use crate::lane::{Outcome, Request};
use crate::limits::{
    INVOKE_AFTER_TIMEOUT, INVOKE_AFTER_UNKNOWN_TIMEOUT, RPC_OVERFLOW_WAIT_SECONDS, RPC_TIMEOUT,
    RPC_TROUBLE_WAIT_SECONDS,
};
use crate::live::{Claim, LiveSession};
use crate::load;
use crate::node::{InFlight, Node, start};
use crate::reading::{self, Room};
use crate::runtimes::Side;

const MSG_WAIT_FAILED: RpcError = RpcError::new(400, "MSG_WAIT_FAILED");
const MSG_WAIT_TIMEOUT: RpcError = RpcError::new(400, "MSG_WAIT_TIMEOUT");

/// Takes a request of this session and starts it as soon as its turn comes.
pub(crate) fn submit(node: &Arc<Node>, session: &Arc<LiveSession>, msg_id: i64, body: Bytes, ip: IpAddr) {
    if let Err(seconds) = admit(node, session, &body) {
        answer(node, session, msg_id, Err(RpcError::flood_wait(seconds)));
        return;
    }
    let mut held = node.requests.hold();
    let has_room = held.resize(body.len());
    let request = Request { msg_id, body, ip, _held: held };
    if !has_room || session.lock().lane.submit(request).is_err() {
        let seconds = node.load.jittered(RPC_OVERFLOW_WAIT_SECONDS);
        answer(node, session, msg_id, Err(RpcError::flood_wait(seconds)));
        return;
    }
    start_waiting(node, session);
}

/// Whether a request is taken at all, or after how many seconds to ask again: decided before anything is done about it, so
/// that a refusal costs next to nothing.
fn admit(node: &Node, session: &LiveSession, body: &[u8]) -> Result<(), u32> {
    node.load.count();
    if !load::keeps_pace(&session.key.state, session.lock().is_known, node.now().0) {
        return Err(node.load.jittered(RPC_OVERFLOW_WAIT_SECONDS));
    }
    if node.load.is_calm() {
        return Ok(());
    }
    // What cannot be unwrapped is refused with its own error later.
    let Ok(peeled) = api::peel(body) else { return Ok(()) };
    node.load.judge(node.api.class_of(&peeled.query))
}

/// Starts what may be started: among the people if somebody is signed in, wherever the request before it was worked on.
fn start_waiting(node: &Arc<Node>, session: &Arc<LiveSession>) {
    if Side::here() == Side::Newcomers && session.lock().is_known {
        let (there, session) = (node.clone(), session.clone());
        return node.runtimes.spawn_for_people(async move { start_waiting(&there, &session) });
    }
    loop {
        let Some(request) = session.lock().lane.start_next() else { return };
        start(Box::pin(run(node.clone(), session.clone(), request, node.enter())));
        session.lock().lane.started();
    }
}

async fn run(node: Arc<Node>, session: Arc<LiveSession>, request: Request, in_flight: InFlight) {
    let (msg_id, bytes) = (request.msg_id, request.body.len());
    let began = tokio::time::Instant::now();
    let mut call = std::pin::pin!(AssertUnwindSafe(call(&node, &session, request)).catch_unwind());
    let reply = match tokio::time::timeout(RPC_TIMEOUT, &mut call).await {
        Ok(reply) => reply.unwrap_or_else(|_| Err(panicked())),
        Err(_) => {
            tracing::warn!(seconds = RPC_TIMEOUT.as_secs(), "a request takes long; its client is told to come back");
            let seconds = node.load.jittered(RPC_TROUBLE_WAIT_SECONDS);
            answer(&node, &session, msg_id, Err(RpcError::flood_wait(seconds)));
            // What has begun is finished: dropping it midway could leave half of it done.
            let _ = call.await;
            finish(&node, &session, (msg_id, bytes), Outcome::Failed);
            return;
        }
    };
    metrics::RPC_SECONDS.observe(began.elapsed().as_secs_f64());
    metrics::RPC_CALLS.inc(outcome_name(&reply));
    let registered = session.lock().registered;
    if let (Some(user), Ok(_)) = (registered, &reply) {
        node.hub.catch_up(user).await;
    }
    let outcome = if reply.is_ok() { Outcome::Succeeded } else { Outcome::Failed };
    answer(&node, &session, msg_id, reply);
    finish(&node, &session, (msg_id, bytes), outcome);
    drop(in_flight);
}

/// How an answer is counted: the codes that errors have.
fn outcome_name(reply: &Result<Answer, RpcError>) -> &'static str {
    match reply.as_ref().map_err(|error| error.code) {
        Ok(_) => "ok",
        Err(303) => "303",
        Err(400) => "400",
        Err(401) => "401",
        Err(403) => "403",
        Err(406) => "406",
        Err(420) => "420",
        Err(_) => "other",
    }
}

fn panicked() -> RpcError {
    metrics::RPC_PANICS.inc();
    tracing::error!("a request panicked");
    RpcError::new(400, "INPUT_REQUEST_INVALID")
}

fn finish(node: &Arc<Node>, session: &Arc<LiveSession>, (msg_id, bytes): (i64, usize), outcome: Outcome) {
    {
        let mut inner = session.lock();
        inner.lane.end(msg_id, bytes, outcome);
        if node.is_ending() {
            // A connection that is drained waits for the last of its requests.
            inner.wake();
        }
    }
    session.finished.notify_waiters();
    start_waiting(node, session);
}

/// Queues the answer. Packing a long one happens before the lock is taken; pieces of files are not worth packing.
fn answer(node: &Node, session: &LiveSession, msg_id: i64, reply: Result<Answer, RpcError>) {
    let body = match reply {
        Ok(Answer { result, room: Some(room) }) => reading::roomy(schema::rpc_result(msg_id, &result), room),
        Ok(Answer { result, room: None }) => rpc_result(msg_id, &result),
        Err(error) => schema::rpc_result(msg_id, &schema::rpc_error(error.code, &error.name)),
    };
    session.say(|protocol| protocol.answer(msg_id, body, node.now()));
}

/// A result, and the room it takes if it is a piece of a file.
struct Answer {
    result: Vec<u8>,
    room: Option<Room>,
}

/// The request itself. E13: what a session asks reaches the API in the order in which it came, also while the first of it
/// waits for the person's updates to be followed.
async fn call(node: &Arc<Node>, session: &Arc<LiveSession>, request: Request) -> Result<Answer, RpcError> {
    let peeled = api::peel(&request.body)?;
    let entry = session.entry.lock().await;
    let (key, temp_key_id) = caller_key(node, &session.key.state).await?;
    session.lock().is_known = key.user_id().is_some();
    note_client(node, &key, &peeled);
    let dialled_dc = session.key.state.dialled_dc.or(key.dialled_dc);
    let is_home = node.api.is_home(dialled_dc);
    let wants_updates = !peeled.without_updates && !calls::is_file_transfer(&peeled.query);
    if wants_updates && hears(&key, is_home) {
        claim(node, session, &peeled.query);
        node.hub.register(node, session, &key).await;
    }
    // Whoever waits for something else, or only reads and writes files, keeps nobody waiting.
    let is_in_line = peeled.after.is_empty() && !calls::is_file_transfer(&peeled.query);
    let entry = is_in_line.then_some(entry);
    wait_for(session, request.msg_id, &peeled.after).await?;
    let layer = if key.layer() == 0 { tl::LAYER } else { key.layer() };
    let caller = Caller {
        dialled_dc,
        key,
        temp_key_id,
        session_id: session.id,
        msg_id: request.msg_id,
        layer: peeled.layer.unwrap_or(layer),
        ip: request.ip,
        without_updates: peeled.without_updates,
    };
    let room = reading::room(&session.reads, &node.reads, &peeled.query).await?;
    let reply = {
        let mut calling = std::pin::pin!(node.api.call(&caller, &peeled.query));
        let first = futures::poll!(&mut calling);
        drop(entry);
        match first {
            Poll::Ready(reply) => reply,
            Poll::Pending => calling.await,
        }
    };
    failpoint!("gateway.rpc.before_answer");
    let user = caller.key.user_id();
    let is_registered = user.is_some() && session.lock().registered == user;
    if !session.lock().is_known || (wants_updates && !is_registered) {
        // A sign-in makes the session one of somebody's: from here on nothing of theirs may be missed.
        let key = caller_key(node, &session.key.state).await.map_or(caller.key, |(key, _)| key);
        session.lock().is_known = key.user_id().is_some();
        if wants_updates && hears(&key, is_home) {
            node.hub.register(node, session, &key).await;
        }
    }
    reply.map(|result| Answer { result, room })
}

/// Updates come from the home DC. A device that waits to be let in hears that wherever it is.
fn hears(key: &AuthKeyState, is_home: bool) -> bool {
    is_home || key.user_id().is_none()
}

/// The key that acts: the permanent one behind a bound temporary one, else the one the message came under.
pub(crate) async fn caller_key(
    node: &Node,
    own: &Arc<AuthKeyState>,
) -> Result<(Arc<AuthKeyState>, Option<AuthKeyId>), RpcError> {
    if own.kind == AuthKeyKind::Permanent {
        return Ok((own.clone(), None));
    }
    let Some(bound) = own.bound_to() else { return Ok((own.clone(), Some(own.id))) };
    match node.platform().auth_key(bound).await {
        Ok(Some(permanent)) => Ok((permanent, Some(own.id))),
        Ok(None) => Ok((own.clone(), Some(own.id))),
        // T3: trouble in the store is never a 401.
        Err(error) => {
            tracing::warn!(%error, "the permanent key behind a temporary one could not be read");
            Err(RpcError::flood_wait(node.load.jittered(RPC_TROUBLE_WAIT_SECONDS)))
        }
    }
}

/// Layer and device are kept per key and read again whenever they are announced. Memory changes at once, the disk follows.
fn note_client(node: &Arc<Node>, key: &Arc<AuthKeyState>, peeled: &Peeled<'_>) {
    if peeled.client.is_none() && peeled.layer.is_none_or(|layer| layer == key.layer()) {
        return;
    }
    let (node, key, layer) = (node.clone(), key.clone(), peeled.layer.unwrap_or_else(|| key.layer()));
    warn_of_newer(layer);
    let client = peeled.client.clone().map(|client| client_info(client, layer));
    start(Box::pin(async move {
        let noted = match client {
            Some(client) => node.platform().note_client(&key, client).await,
            None => node.platform().note_layer(&key, layer).await,
        };
        if let Err(error) = noted {
            tracing::debug!(%error, "what a client said of itself was not stored");
        }
    }));
}

/// Says once that clients are newer than every layer known: they are served the newest one, which they may not understand.
fn warn_of_newer(layer: i32) {
    static SAID: Once = Once::new();
    let newest = tl::schema::newest_layer();
    if layer > newest {
        SAID.call_once(|| {
            tracing::warn!(layer, newest, "a client is newer than every layer known and is served the newest")
        });
    }
}

fn client_info(client: api::Client, layer: i32) -> ClientInfo {
    ClientInfo {
        layer,
        api_id: client.api_id,
        device_model: client.device_model,
        system_version: client.system_version,
        app_version: client.app_version,
        system_lang_code: client.system_lang_code,
        lang_pack: client.lang_pack,
        lang_code: client.lang_code,
    }
}

/// Point 17: the session that made the most recent call of a person's client gets the pushes.
fn claim(node: &Node, session: &LiveSession, query: &[u8]) {
    let rank = if calls::is_made_by_file_connections(query) { 1 } else { 2 };
    let claim = Claim { rank, at: node.now().0 };
    let mut inner = session.lock();
    if claim.rank >= inner.claim.rank {
        inner.claim = claim;
    }
}

/// E13: waits, for a bounded time, until the requests named by `invokeAfterMsg(s)` have ended well. They are waited for one
/// after the other, and none is looked at again once it has ended: a thousand names cost a thousand looks in all, however
/// often this is woken.
async fn wait_for(session: &LiveSession, msg_id: i64, mut after: &[i64]) -> Result<(), RpcError> {
    if after.contains(&msg_id) {
        return Err(MSG_WAIT_FAILED);
    }
    let begun = tokio::time::Instant::now();
    loop {
        let notified = session.finished.notified();
        let mut notified = std::pin::pin!(notified);
        notified.as_mut().enable();
        let patience = match look_at(session, &mut after)? {
            Wait::Over => return Ok(()),
            Wait::Running => INVOKE_AFTER_TIMEOUT,
            Wait::Unknown => INVOKE_AFTER_UNKNOWN_TIMEOUT,
        };
        if tokio::time::timeout_at(begun + patience, notified).await.is_err() {
            return match look_at(session, &mut after)? {
                Wait::Over => Ok(()),
                Wait::Running => Err(MSG_WAIT_TIMEOUT),
                Wait::Unknown => Err(MSG_WAIT_FAILED),
            };
        }
    }
}

enum Wait {
    Over,
    Running,
    Unknown,
}

/// Takes those that ended well off the front, and says how the first that is left stands.
fn look_at(session: &LiveSession, after: &mut &[i64]) -> Result<Wait, RpcError> {
    let inner = session.lock();
    while let Some((first, rest)) = after.split_first() {
        match inner.lane.outcome(*first) {
            Some(Outcome::Succeeded) => *after = rest,
            Some(Outcome::Failed) => return Err(MSG_WAIT_FAILED),
            Some(Outcome::Pending) => return Ok(Wait::Running),
            None => return Ok(Wait::Unknown),
        }
    }
    Ok(Wait::Over)
}
