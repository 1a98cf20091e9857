//! From an encrypted frame to its session: the key is looked up, the envelope opened, the session found and fed.
//!
//! The same for sockets, WebSockets and HTTP.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::BytesMut;
use mtproto::envelope::{Direction, Opened, open};
use mtproto::session::{Event, Incoming, KeyDestruction};
use platform::AuthKeyId;

use crate::connection::End;
use crate::live::{KeyHandle, Link, LiveSession};
use crate::node::Node;
use crate::rpc;

/// The key of this id.
///
/// T3: [`End::NoKey`] only after the platform read its absence; trouble with reading closes the connection.
pub(crate) async fn key(node: &Node, present: Option<&Arc<KeyHandle>>, key_id: i64) -> Result<Arc<KeyHandle>, End> {
    if let Some(key) = present.filter(|key| key.auth.id() == key_id) {
        let is_over = key.state.is_destroyed() || key.state.is_expired(node.platform().now());
        return if is_over { Err(End::NoKey) } else { Ok(key.clone()) };
    }
    Box::pin(look_up(node, key_id)).await
}

async fn look_up(node: &Node, key_id: i64) -> Result<Arc<KeyHandle>, End> {
    match node.platform().auth_key(AuthKeyId(key_id)).await {
        Ok(Some(state)) => {
            let salts = node.first_salts.of_key(key_id, &state.key);
            Ok(Arc::new(KeyHandle::new(state, salts)))
        }
        Ok(None) => Err(End::NoKey),
        Err(error) => {
            tracing::warn!(%error, "a key could not be looked up");
            Err(End::Trouble)
        }
    }
}

/// Whether somebody is signed in under this key, or under the one it acts for.
pub(crate) async fn is_known(node: &Node, key: &KeyHandle) -> bool {
    let acts_for_somebody = key.state.user_id().is_some() || key.state.bound_to().is_some();
    // What cannot be read now is found out by the request that asks for it.
    acts_for_somebody && rpc::caller_key(node, &key.state).await.is_ok_and(|(key, _)| key.user_id().is_some())
}

/// Opens a frame and finds its session.
pub(crate) fn session(node: &Node, key: &Arc<KeyHandle>, frame: BytesMut) -> Result<(Opened, Arc<LiveSession>), End> {
    let opened = open(&key.auth, Direction::ToServer, frame).map_err(|error| {
        metrics::ENVELOPE_REFUSED.inc("shape");
        tracing::debug!(%error, "an encrypted message was refused");
        End::Malformed
    })?;
    let session = node.registry.get_or_create(key, opened.session_id, || node.random_i64(), node.now());
    session.map(|session| (opened, session)).map_err(|_| End::Refused)
}

/// Feeds a message to its session, which this connection carries from now on. `is_new_here` tells whether the connection
/// carries it for the first time.
pub(crate) fn feed(
    node: &Node,
    session: &LiveSession,
    opened: &Opened,
    link: &Arc<Link>,
    is_new_here: bool,
) -> Result<Vec<Event>, End> {
    let now = node.now();
    let mut events = Vec::new();
    let mut inner = session.lock();
    // Whoever recorded a message may send it again from elsewhere; that takes the session from no connection that has it.
    let may_carry = !inner.is_attached() || inner.protocol.is_fresh(opened.msg_id, now);
    if may_carry && inner.attach(link) && is_new_here {
        inner.protocol.reconnected(now);
    }
    let message = Incoming { msg_id: opened.msg_id, seq_no: opened.seq_no, body: &opened.body };
    let outcome = inner.protocol.receive(opened.salt, &message, now, &mut events);
    outcome.map_err(|violation| {
        tracing::debug!(%violation, "a session broke the protocol");
        End::Malformed
    })?;
    Ok(events)
}

/// What an event asks of the connection itself.
pub(crate) enum Asked {
    /// Nothing.
    Nothing,
    /// To end unless asked again within so many seconds.
    DisconnectAfter(i32),
    /// How long an HTTP response may be held back, in milliseconds.
    HttpWait(i32),
    /// To end once everything is written.
    Finish,
}

/// Acts on what a session has found in a message.
pub(crate) async fn act(node: &Arc<Node>, session: &Arc<LiveSession>, event: Event, ip: IpAddr) -> Asked {
    match event {
        Event::Rpc { msg_id, body } => rpc::submit(node, session, msg_id, body, ip),
        Event::DisconnectAfter { seconds } => return Asked::DisconnectAfter(seconds),
        Event::HttpWait { max_wait, .. } => return Asked::HttpWait(max_wait),
        Event::DestroySession { session_id } => {
            let found = node.registry.destroy(session.key.auth.id(), session_id);
            session.say(|protocol| protocol.session_destroyed(session_id, found, node.now()));
        }
        // Boxed, as all that is rare: the room for it would be every connection's.
        Event::DestroyAuthKey => return Box::pin(destroy_key(node, session)).await,
    }
    Asked::Nothing
}

async fn destroy_key(node: &Node, session: &LiveSession) -> Asked {
    let destruction = match node.platform().destroy_auth_key(&session.key.state).await {
        Ok(()) => KeyDestruction::Done,
        Err(error) => {
            tracing::warn!(%error, "a key could not be destroyed");
            KeyDestruction::Failed
        }
    };
    session.say(|protocol| protocol.key_destroyed(destruction, node.now()));
    if destruction == KeyDestruction::Done { Asked::Finish } else { Asked::Nothing }
}
