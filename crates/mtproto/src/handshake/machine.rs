//! The state of one connection's key exchange.

use crypto::{Entropy, Pq, equal, random_array};

use super::dialled::{Dialled, Lifetime};
use super::inner::Expected;
use super::job::{Agree, Computed, Exchange, Job, OpenInner, Outcome};
use super::keys::ServerKeys;
use super::messages::{NonceHash, ReqDhParams, Request, dh_gen, ids, new_nonce_hash, res_pq, server_salt};
use crate::envelope::AuthKey;
use crate::limits::{HANDSHAKE_RETRIES, HANDSHAKE_SECONDS, HANDSHAKE_STARTS};

/// What the owner of the connection does next.
#[derive(Debug)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Send this as a plain message.
    Reply(Vec<u8>),
    /// Run this on the pool and hand the result to [`Handshake::on_computed`].
    Compute(Job),
    /// Store this key unless its id is taken, and hand the outcome to [`Handshake::on_stored`].
    Store(Box<NewKey>),
    /// Send the transport error -404. The exchange is dead.
    Refuse,
    /// Close the connection without a word: our own trouble, which must never look like a missing key (T3).
    Close,
}

/// A key that both ends can compute and the store does not have yet.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The key.
    pub key: AuthKey,
    /// The salt that the client will use first.
    pub server_salt: i64,
    /// The data centre it dialled, if it said.
    pub dialled: Option<Dialled>,
    /// Permanent or temporary.
    pub lifetime: Lifetime,
}

/// What the store said about a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is on disk (K13).
    Durable,
    /// Another key has this id.
    Taken,
    /// The store cannot say or cannot write.
    Unavailable,
}

#[derive(Debug)]
enum State {
    Idle,
    /// `resPQ` was sent.
    Offered(Box<Expected>),
    /// A job is out.
    Computing,
    /// `server_DH_params_ok` or `dh_gen_retry` was sent.
    Exchanging(Box<Exchange>),
    /// A key is with the store.
    Storing(Box<Exchange>, AuthKey),
    /// Something failed.
    Dead,
}

/// The key exchanges of one connection, one after another: a client may make a permanent and a temporary key in turn, or
/// begin anew.
#[derive(Debug)]
pub struct Handshake {
    state: State,
    /// Seconds since the epoch after which the present exchange has expired (K14).
    deadline: i64,
    /// Tells the result of the present exchange's job from that of an abandoned one.
    generation: u32,
    starts: u8,
}

impl Default for Handshake {
    fn default() -> Self {
        Self::new()
    }
}

impl Handshake {
    /// Before the first message.
    #[must_use]
    pub fn new() -> Self {
        Self { state: State::Idle, deadline: 0, generation: 0, starts: 0 }
    }

    /// Whether an exchange is under way, for bounding how many are.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle | State::Dead)
    }

    /// Seconds since the epoch after which the exchange under way is of no use (K14).
    #[must_use]
    pub fn deadline(&self) -> Option<i64> {
        self.is_busy().then_some(self.deadline)
    }

    /// Takes the body of a plain message. `now` is in seconds since the epoch.
    pub fn on_plain(&mut self, now: i32, body: &[u8], keys: &ServerKeys, entropy: &mut dyn Entropy) -> Step {
        if matches!(self.state, State::Dead) {
            return Step::Refuse;
        }
        match Request::parse(body) {
            Ok(Request::MsgsAck) => Step::Nothing,
            Ok(Request::ReqPq { nonce }) => self.begin(now, nonce, keys, entropy),
            Ok(_) if self.is_expired(now) => self.refuse(),
            Ok(Request::ReqDhParams(request)) => self.on_req_dh_params(now, &request, keys),
            Ok(Request::SetClientDhParams { nonce, server_nonce, encrypted_data }) => {
                self.on_set_client_dh_params(&nonce, &server_nonce, encrypted_data)
            }
            Err(_) => self.refuse(),
        }
    }

    /// K14: the exchange has a deadline from its first message.
    fn is_expired(&self, now: i32) -> bool {
        i64::from(now) > self.deadline
    }

    /// K2, K8: every failure looks alike and is final.
    fn refuse(&mut self) -> Step {
        self.state = State::Dead;
        Step::Refuse
    }

    /// K1: a fresh `server_nonce` and a fresh `pq`. A second `req_pq` begins anew and abandons what was under way.
    fn begin(&mut self, now: i32, nonce: [u8; 16], keys: &ServerKeys, entropy: &mut dyn Entropy) -> Step {
        if self.starts >= HANDSHAKE_STARTS {
            return self.refuse();
        }
        self.starts += 1;
        self.generation = self.generation.wrapping_add(1);
        self.deadline = i64::from(now) + HANDSHAKE_SECONDS;
        let server_nonce = random_array(entropy);
        let pq = keys.stock().pq(entropy);
        self.state = State::Offered(Box::new(Expected { pq, nonce, server_nonce }));
        Step::Reply(res_pq(&nonce, &server_nonce, pq.product(), keys.fingerprints()))
    }

    fn on_req_dh_params(&mut self, now: i32, request: &ReqDhParams<'_>, keys: &ServerKeys) -> Step {
        let State::Offered(expected) = std::mem::replace(&mut self.state, State::Computing) else {
            return self.refuse();
        };
        let repeats = equal(&request.nonce, &expected.nonce) & equal(&request.server_nonce, &expected.server_nonce);
        // K2, K3, K4: all three are visible to everyone on the wire, so that nothing is given away by checking them first.
        if !repeats || !has_factors(request, expected.pq) || keys.by_fingerprint(request.fingerprint).is_none() {
            return self.refuse();
        }
        let work = OpenInner {
            expected: *expected,
            fingerprint: request.fingerprint,
            encrypted_data: request.encrypted_data.to_vec(),
            now,
        };
        Step::Compute(Job::open_inner(self.generation, work))
    }

    fn on_set_client_dh_params(&mut self, nonce: &[u8], server_nonce: &[u8], encrypted_data: &[u8]) -> Step {
        let State::Exchanging(exchange) = std::mem::replace(&mut self.state, State::Computing) else {
            return self.refuse();
        };
        // K2.
        if !(equal(nonce, &exchange.nonce) & equal(server_nonce, &exchange.server_nonce)) {
            return self.refuse();
        }
        let work = Agree { exchange: *exchange, encrypted_data: encrypted_data.to_vec() };
        Step::Compute(Job::agree(self.generation, work))
    }

    /// Takes the result of a job. That of an abandoned exchange is dropped.
    pub fn on_computed(&mut self, computed: Computed) -> Step {
        if computed.generation != self.generation || !matches!(self.state, State::Computing) {
            return Step::Nothing;
        }
        match computed.outcome {
            Outcome::Refused => self.refuse(),
            Outcome::Opened { exchange, answer } => {
                self.state = State::Exchanging(exchange);
                Step::Reply(answer)
            }
            Outcome::Agreed { exchange, key } => {
                let new_key = NewKey {
                    key: key.clone(),
                    server_salt: server_salt(&exchange.new_nonce, &exchange.server_nonce),
                    dialled: exchange.dialled,
                    lifetime: exchange.lifetime,
                };
                self.state = State::Storing(exchange, key);
                Step::Store(Box::new(new_key))
            }
        }
    }

    /// Takes what the store said about the key with this id. An answer about an abandoned exchange is dropped.
    pub fn on_stored(&mut self, auth_key_id: i64, verdict: Verdict) -> Step {
        match std::mem::replace(&mut self.state, State::Dead) {
            State::Storing(exchange, key) if key.id() == auth_key_id => self.conclude(exchange, &key, verdict),
            other => {
                self.state = other;
                Step::Nothing
            }
        }
    }

    /// K12, K13: `dh_gen_ok` only for a durable key; `dh_gen_retry` while the client may try again; then `dh_gen_fail`.
    fn conclude(&mut self, mut exchange: Box<Exchange>, key: &AuthKey, verdict: Verdict) -> Step {
        let (nonce, server_nonce) = (exchange.nonce, exchange.server_nonce);
        let (constructor, number) = match verdict {
            Verdict::Unavailable => return Step::Close,
            Verdict::Durable => (ids::DH_GEN_OK, NonceHash::Ok),
            Verdict::Taken if exchange.retries < HANDSHAKE_RETRIES => (ids::DH_GEN_RETRY, NonceHash::Retry),
            Verdict::Taken => (ids::DH_GEN_FAIL, NonceHash::Fail),
        };
        let hash = new_nonce_hash(&exchange.new_nonce, number, key.aux_hash());
        self.state = match number {
            NonceHash::Ok => {
                self.starts = 0;
                State::Idle
            }
            NonceHash::Retry => {
                exchange.retries += 1;
                exchange.retry_id = key.aux_hash();
                State::Exchanging(exchange)
            }
            NonceHash::Fail => State::Dead,
        };
        Step::Reply(dh_gen(constructor, &nonce, &server_nonce, &hash))
    }
}

/// K3: `p < q` and `p * q = pq`. Both are primes that we drew, so that equality says all of it.
fn has_factors(request: &ReqDhParams<'_>, pq: Pq) -> bool {
    request.p == pq.p.to_be_bytes() && request.q == pq.q.to_be_bytes()
}
