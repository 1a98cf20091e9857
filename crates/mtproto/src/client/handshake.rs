//! The client's side of the key exchange. Page "mtproto/auth_key", with the checks of "mtproto/security_guidelines".

use crypto::{
    CryptoError, DH_PRIME, DhGroup, Entropy, ExponentLength, GENERATOR, PublicKey, RSA_BYTES, Share, equal, factor,
    ige_encrypt, random_array, sha1, sha256,
};

use crate::envelope::AuthKey;
use crate::handshake::{Dialled, NonceHash, TemporaryKeys, ids, new_nonce_hash, server_salt};
use crate::wire::{Malformed, Reader, Writer};

const BLOCK_BYTES: usize = 16;
const SHA1_BYTES: usize = 20;

/// Why the client gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The answer is not the TL that is due.
    #[error("the server's answer is malformed")]
    Malformed,
    /// The answer fails a check.
    #[error("the server's answer fails the check: {check}")]
    Check {
        /// Which one.
        check: &'static str,
    },
    /// The server answered `dh_gen_fail`.
    #[error("the server refused the key")]
    Failed,
}

impl From<Malformed> for ClientError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

/// How the inner data is padded before RSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// RSA_PAD.
    Modern,
    /// `SHA1(data)`, data, random bytes.
    Legacy,
}

/// What kind of key to ask for, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The padding.
    pub padding: Padding,
    /// Name this data centre in the inner data.
    pub dialled: Option<Dialled>,
    /// Ask for a temporary key of this many seconds.
    pub expires_in: Option<i32>,
}

/// A finished key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The key.
    pub key: AuthKey,
    /// The salt to begin with.
    pub server_salt: i64,
    /// The server's clock, in seconds since the epoch, when it answered.
    pub server_time: i32,
}

/// What to do next.
#[derive(Debug)]
pub enum Answer {
    /// Send this as a plain message.
    Send(Vec<u8>),
    /// Done.
    Done(NewKey),
}

struct Agreed {
    new_nonce: [u8; 32],
    g_a: [u8; 256],
    server_time: i32,
    key: AuthKey,
}

/// The answer that is due.
enum State {
    ResPq,
    ServerDhParams { new_nonce: [u8; 32] },
    DhGen(Box<Agreed>),
}

/// What a client knows of a server beforehand. One for many exchanges.
#[derive(Debug)]
pub struct KnownServer {
    keys: Vec<PublicKey>,
    group: DhGroup,
    /// The one exponent of all exchanges, where they are a generator's.
    shared: Option<Share>,
}

impl KnownServer {
    /// Takes the public keys that the client trusts.
    ///
    /// # Errors
    /// [`CryptoError::BadGroup`] when the binary is damaged.
    pub fn new(keys: Vec<PublicKey>) -> Result<Self, CryptoError> {
        Ok(Self { keys, group: DhGroup::new(ExponentLength::Short)?, shared: None })
    }

    /// For generators of load: one short exponent for all exchanges, so that each costs half and the machine is left to the
    /// server. Keys made so are fit for nobody's secrets.
    ///
    /// # Errors
    /// [`CryptoError`] when the binary is damaged or memory is short.
    pub fn for_load(keys: Vec<PublicKey>, entropy: &mut dyn Entropy) -> Result<Self, CryptoError> {
        let group = DhGroup::new(ExponentLength::Least)?;
        let shared = Some(group.make_share(entropy)?);
        Ok(Self { keys, group, shared })
    }

    fn with_share<T>(&self, entropy: &mut dyn Entropy, act: impl FnOnce(&Share) -> T) -> Result<T, CryptoError> {
        match &self.shared {
            Some(share) => Ok(act(share)),
            None => Ok(act(&self.group.make_share(entropy)?)),
        }
    }
}

/// One key exchange.
pub struct Handshake {
    options: Options,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    state: State,
}

impl Handshake {
    /// Begins; the second value is the first plain message.
    #[must_use]
    pub fn start(options: Options, entropy: &mut dyn Entropy) -> (Self, Vec<u8>) {
        let nonce = random_array(entropy);
        let request = Writer::object(ids::REQ_PQ_MULTI).raw(&nonce).done();
        (Self { options, nonce, server_nonce: [0; 16], state: State::ResPq }, request)
    }

    /// Takes the body of the server's plain message.
    ///
    /// # Errors
    /// [`ClientError`]: the exchange is over.
    pub fn on_answer(
        &mut self,
        body: &[u8],
        server: &KnownServer,
        entropy: &mut dyn Entropy,
    ) -> Result<Answer, ClientError> {
        match std::mem::replace(&mut self.state, State::ResPq) {
            State::ResPq => self.on_res_pq(body, &server.keys, entropy).map(Answer::Send),
            State::ServerDhParams { new_nonce } => self.on_params(body, new_nonce, server, entropy).map(Answer::Send),
            State::DhGen(agreed) => self.on_dh_gen(body, &agreed, server, entropy),
        }
    }

    fn on_res_pq(
        &mut self,
        body: &[u8],
        server_keys: &[PublicKey],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, ClientError> {
        let mut reader = Reader::new(body);
        check(reader.constructor()? == ids::RES_PQ, "resPQ")?;
        check(reader.array()? == self.nonce, "nonce")?;
        self.server_nonce = reader.array()?;
        let pq = read_number(reader.string()?)?;
        let key = read_fingerprints(&mut reader, server_keys)?;
        reader.end()?;
        let (p, q) = factor(pq).ok_or(ClientError::Check { check: "pq has two factors" })?;
        let new_nonce = random_array(entropy);
        let inner = self.inner_data(pq, p, q, &new_nonce);
        let encrypted = encrypt_inner(&inner, self.options.padding, key, entropy);
        self.state = State::ServerDhParams { new_nonce };
        Ok(Writer::object(ids::REQ_DH_PARAMS)
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .string(shortest(&p.to_be_bytes()))
            .string(shortest(&q.to_be_bytes()))
            .long(key.fingerprint())
            .string(&encrypted)
            .done())
    }

    fn inner_data(&self, pq: u64, p: u64, q: u64, new_nonce: &[u8; 32]) -> Vec<u8> {
        let Options { dialled, expires_in, .. } = self.options;
        let constructor = match (dialled, expires_in) {
            (None, None) => ids::P_Q_INNER_DATA,
            (Some(_), None) => ids::P_Q_INNER_DATA_DC,
            (None, Some(_)) => ids::P_Q_INNER_DATA_TEMP,
            (Some(_), Some(_)) => ids::P_Q_INNER_DATA_TEMP_DC,
        };
        let fields = Writer::object(constructor)
            .string(shortest(&pq.to_be_bytes()))
            .string(shortest(&p.to_be_bytes()))
            .string(shortest(&q.to_be_bytes()))
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .raw(new_nonce);
        let with_dc = dialled.iter().fold(fields, |writer, dialled| writer.int(dialled.to_wire()));
        expires_in.iter().fold(with_dc, |writer, seconds| writer.int(*seconds)).done()
    }

    fn on_params(
        &mut self,
        body: &[u8],
        new_nonce: [u8; 32],
        server: &KnownServer,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, ClientError> {
        let mut reader = Reader::new(body);
        check(reader.constructor()? == ids::SERVER_DH_PARAMS_OK, "server_DH_params_ok")?;
        self.check_nonces(&mut reader)?;
        let mut answer = reader.string()?.to_vec();
        reader.end()?;
        check(answer.len() > SHA1_BYTES && answer.len().is_multiple_of(BLOCK_BYTES), "length of the answer")?;
        TemporaryKeys::new(&new_nonce, &self.server_nonce).decrypt(&mut answer);
        let (g_a, server_time) = self.read_answer(&answer)?;
        self.answer_with((new_nonce, g_a, server_time), 0, server, entropy)
    }

    fn read_answer(&self, answer: &[u8]) -> Result<([u8; 256], i32), ClientError> {
        let (hash, data) = answer.split_at(SHA1_BYTES);
        let mut inner = Reader::new(data);
        check(inner.constructor()? == ids::SERVER_DH_INNER_DATA, "server_DH_inner_data")?;
        self.check_nonces(&mut inner)?;
        check(inner.int()? == i32::from(GENERATOR), "g")?;
        check(inner.string()? == DH_PRIME, "dh_prime")?;
        let g_a = inner.string()?.try_into().map_err(|_| ClientError::Check { check: "length of g_a" })?;
        let server_time = inner.int()?;
        let padding = inner.rest().len();
        check(padding < BLOCK_BYTES, "padding of the answer")?;
        check(equal(&sha1(&[&data[..data.len() - padding]]), hash), "hash of the answer")?;
        check(DhGroup::is_public_in_range(&g_a), "range of g_a")?;
        Ok((g_a, server_time))
    }

    /// Draws `b`, computes the key and sends `g^b`.
    fn answer_with(
        &mut self,
        (new_nonce, g_a, server_time): ([u8; 32], [u8; 256], i32),
        retry_id: i64,
        server: &KnownServer,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, ClientError> {
        const FAILED: ClientError = ClientError::Check { check: "the power could be computed" };
        let agreed = server.with_share(entropy, |share| (*share.public(), server.group.agree(share, &g_a)));
        let (g_b, key) = agreed.map_err(|_| FAILED)?;
        let key = AuthKey::new(key.map_err(|_| FAILED)?);
        let inner = Writer::object(ids::CLIENT_DH_INNER_DATA)
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .long(retry_id)
            .string(shortest(&g_b))
            .done();
        let mut data = sha1(&[&inner]).to_vec();
        data.extend_from_slice(&inner);
        let unpadded = data.len();
        data.resize(unpadded.next_multiple_of(BLOCK_BYTES), 0);
        entropy.fill(&mut data[unpadded..]);
        TemporaryKeys::new(&new_nonce, &self.server_nonce).encrypt(&mut data);
        self.state = State::DhGen(Box::new(Agreed { new_nonce, g_a, server_time, key }));
        let head = Writer::object(ids::SET_CLIENT_DH_PARAMS).raw(&self.nonce).raw(&self.server_nonce);
        Ok(head.string(&data).done())
    }

    fn on_dh_gen(
        &mut self,
        body: &[u8],
        agreed: &Agreed,
        server: &KnownServer,
        entropy: &mut dyn Entropy,
    ) -> Result<Answer, ClientError> {
        let mut reader = Reader::new(body);
        let number = match reader.constructor()? {
            ids::DH_GEN_OK => NonceHash::Ok,
            ids::DH_GEN_RETRY => NonceHash::Retry,
            ids::DH_GEN_FAIL => NonceHash::Fail,
            _ => return Err(ClientError::Malformed),
        };
        self.check_nonces(&mut reader)?;
        let hash = new_nonce_hash(&agreed.new_nonce, number, agreed.key.aux_hash());
        check(reader.array()? == hash, "hash of new_nonce")?;
        reader.end()?;
        match number {
            NonceHash::Ok => Ok(Answer::Done(NewKey {
                key: agreed.key.clone(),
                server_salt: server_salt(&agreed.new_nonce, &self.server_nonce),
                server_time: agreed.server_time,
            })),
            NonceHash::Retry => {
                let again = (agreed.new_nonce, agreed.g_a, agreed.server_time);
                self.answer_with(again, agreed.key.aux_hash(), server, entropy).map(Answer::Send)
            }
            NonceHash::Fail => Err(ClientError::Failed),
        }
    }

    fn check_nonces(&self, reader: &mut Reader<'_>) -> Result<(), ClientError> {
        check(reader.array()? == self.nonce, "nonce")?;
        check(reader.array()? == self.server_nonce, "server_nonce")
    }
}

fn check(holds: bool, check: &'static str) -> Result<(), ClientError> {
    if holds { Ok(()) } else { Err(ClientError::Check { check }) }
}

fn read_number(bytes: &[u8]) -> Result<u64, ClientError> {
    check(bytes.len() <= 8, "length of pq")?;
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The first key on offer that we know.
fn read_fingerprints<'keys>(
    reader: &mut Reader<'_>,
    server_keys: &'keys [PublicKey],
) -> Result<&'keys PublicKey, ClientError> {
    check(reader.constructor()? == ids::VECTOR, "vector of fingerprints")?;
    let count = reader.int()?;
    let mut chosen = None;
    for _ in 0..count {
        let fingerprint = reader.long()?;
        let known = server_keys.iter().find(|key| key.fingerprint() == fingerprint);
        chosen = chosen.or(known);
    }
    chosen.ok_or(ClientError::Check { check: "a known fingerprint" })
}

/// Without leading zeros, as clients write numbers.
fn shortest(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// Pads the inner data and encrypts it.
///
/// # Panics
/// When the data is longer than the padding allows (144 bytes).
#[must_use]
pub fn encrypt_inner(data: &[u8], padding: Padding, key: &PublicKey, entropy: &mut dyn Entropy) -> [u8; RSA_BYTES] {
    loop {
        let block = match padding {
            Padding::Modern => pad(data, entropy),
            Padding::Legacy => pad_legacy(data, entropy),
        };
        // RSA_PAD: when the number is not below the modulus, everything is drawn anew.
        if let Ok(encrypted) = key.encrypt_raw(&block) {
            return encrypted;
        }
    }
}

fn pad(data: &[u8], entropy: &mut dyn Entropy) -> [u8; RSA_BYTES] {
    const PADDED_BYTES: usize = 192;
    let mut padded = data.to_vec();
    padded.resize(PADDED_BYTES, 0);
    entropy.fill(&mut padded[data.len()..]);
    let mut temp_key = random_array::<32>(entropy);
    let hash = sha256(&[&temp_key, &padded]);
    padded.reverse();
    padded.extend_from_slice(&hash);
    ige_encrypt(&mut padded, &temp_key, &[0; 32]);
    let mask = sha256(&[&padded]);
    temp_key.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    let mut block = [0; RSA_BYTES];
    block[..32].copy_from_slice(&temp_key);
    block[32..].copy_from_slice(&padded);
    block
}

fn pad_legacy(data: &[u8], entropy: &mut dyn Entropy) -> [u8; RSA_BYTES] {
    let mut block = [0; RSA_BYTES];
    entropy.fill(&mut block[1..]);
    block[1..21].copy_from_slice(&sha1(&[data]));
    block[21..21 + data.len()].copy_from_slice(data);
    block
}
