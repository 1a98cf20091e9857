//! Drives a key exchange: jobs go to the pool, keys to the store.

use std::net::IpAddr;

use crypto::SystemEntropy;
use failpoint::failpoint;
use mtproto::handshake::{Handshake, Lifetime, NewKey, Step, Verdict, is_beginning};
use platform::{AuthKeyId, AuthKeyKind, NewAuthKey, StoredKey};

use crate::gate::Turn;
use crate::node::Node;

/// A key exchange under way, and its turn at the gate.
#[derive(Default)]
pub(crate) struct Exchange {
    handshake: Handshake,
    turn: Option<Turn>,
}

/// What the client is told.
pub(crate) enum Told {
    /// Nothing.
    Nothing,
    /// This, in a plain message.
    Reply(Vec<u8>),
    /// -404.
    Refusal,
    /// Nothing, and the connection closes.
    Close,
    /// Nothing, and the connection is reset: there are too many newcomers.
    TurnAway,
}

/// Takes the body of a plain message and does all that follows from it. Whoever begins stands at the gate first.
pub(crate) async fn take(node: &Node, ip: IpAddr, exchange: &mut Exchange, body: &[u8]) -> Told {
    if is_beginning(body) && exchange.turn.is_none() {
        if node.platform().has_made_too_many_keys(ip) {
            metrics::HANDSHAKE_FAILED.inc("too many");
            return Told::TurnAway;
        }
        exchange.turn = node.gate.enter(ip, node.admission.has_people(ip)).await;
        if exchange.turn.is_none() {
            return Told::TurnAway;
        }
    }
    let told = step(node, ip, exchange, body).await;
    if !exchange.handshake.is_busy() || matches!(told, Told::Close) {
        exchange.turn = None;
    }
    told
}

async fn step(node: &Node, ip: IpAddr, exchange: &mut Exchange, body: &[u8]) -> Told {
    let handshake = &mut exchange.handshake;
    let now = node.platform().now();
    let mut step = handshake.on_plain(now, body, node.pool.keys(), &mut SystemEntropy);
    loop {
        step = match step {
            Step::Nothing => return Told::Nothing,
            Step::Reply(body) => return Told::Reply(body),
            Step::Refuse => {
                metrics::HANDSHAKE_FAILED.inc("refused");
                return Told::Refusal;
            }
            Step::Close => return Told::Close,
            Step::Compute(job) => match node.pool.run(job).await {
                Some(computed) => handshake.on_computed(computed),
                None => return Told::Close,
            },
            Step::Store(_) if node.platform().count_new_key(ip).is_err() => {
                metrics::HANDSHAKE_FAILED.inc("too many");
                return Told::Close;
            }
            Step::Store(key) => handshake.on_stored(key.key.id(), store(node, &key).await),
        };
    }
}

/// K13: durable before anybody hears of it.
async fn store(node: &Node, key: &NewKey) -> Verdict {
    match node.platform().store_auth_key(new_auth_key(node, key)).await {
        Ok(StoredKey::Stored(_)) => {
            failpoint!("gateway.exchange.key_durable");
            metrics::HANDSHAKE_DONE.inc();
            node.first_salts.keep(key.key.id(), key.server_salt, node.now());
            Verdict::Durable
        }
        Ok(StoredKey::Collides) => Verdict::Taken,
        Err(error) => {
            metrics::HANDSHAKE_FAILED.inc("store");
            tracing::warn!(%error, "a new key could not be stored");
            Verdict::Unavailable
        }
    }
}

fn new_auth_key(node: &Node, key: &NewKey) -> NewAuthKey {
    let kind = match key.lifetime {
        Lifetime::Permanent => AuthKeyKind::Permanent,
        Lifetime::Temporary { expires_in } => {
            AuthKeyKind::Temporary { expires_at: node.platform().now().saturating_add(expires_in) }
        }
    };
    NewAuthKey {
        id: AuthKeyId(key.key.id()),
        key: crypto::Zeroizing::new(*key.key.bytes()),
        kind,
        dialled_dc: key.dialled.map(|dialled| dialled.dc),
    }
}
