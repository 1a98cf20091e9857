//! A client made by hand, so that each of its messages can be broken in one place.

use std::sync::OnceLock;

use crypto::{
    DhGroup, ExponentLength, PrivateKey, PublicKey, RSA_BYTES, Share, SystemEntropy, factor, random_array, sha1,
};

use crate::client::{Padding, encrypt_inner};
use crate::handshake::{Computed, Handshake, Job, ServerKeys, Step, TemporaryKeys, ids};
use crate::wire::{Reader, Writer};

pub(super) const NOW: i32 = 1_700_000_000;

pub(super) fn server_keys() -> &'static ServerKeys {
    static KEYS: OnceLock<ServerKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let rsa =
            vec![PrivateKey::generate().expect("memory suffices"), PrivateKey::generate().expect("memory suffices")];
        ServerKeys::new(rsa, ExponentLength::Short, true).expect("the published group is sound")
    })
}

/// The same keys where the older padding is refused.
pub(super) fn strict_server_keys() -> &'static ServerKeys {
    static KEYS: OnceLock<ServerKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pem = server_keys().rsa()[0].to_pem().expect("memory suffices");
        let rsa = vec![PrivateKey::from_pem(&pem).expect("just written")];
        ServerKeys::new(rsa, ExponentLength::Short, false).expect("the published group is sound")
    })
}

pub(super) fn public_key() -> PublicKey {
    let pem = server_keys().rsa()[0].public().to_pem().expect("memory suffices");
    PublicKey::from_pem(&pem).expect("just written")
}

/// Hands a message to a server and runs what it wants computed.
pub(super) fn feed(server: &mut Handshake, body: &[u8]) -> Step {
    feed_with(server, body, server_keys())
}

pub(super) fn feed_with(server: &mut Handshake, body: &[u8], keys: &ServerKeys) -> Step {
    match server.on_plain(NOW, body, keys, &mut SystemEntropy) {
        Step::Compute(job) => server.on_computed(run(job, keys)),
        step => step,
    }
}

pub(super) fn run(job: Job, keys: &ServerKeys) -> Computed {
    job.run(keys, &mut SystemEntropy)
}

#[track_caller]
pub(super) fn reply(step: Step) -> Vec<u8> {
    match step {
        Step::Reply(body) => body,
        other => panic!("expected a reply, got {other:?}"),
    }
}

/// The client's numbers of one exchange.
#[derive(Clone)]
pub(super) struct ByHand {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) new_nonce: [u8; 32],
    pub(super) pq: u64,
    pub(super) p: u32,
    pub(super) q: u32,
    pub(super) fingerprint: i64,
    pub(super) constructor: u32,
    pub(super) tail: Vec<i32>,
    pub(super) g_a: [u8; 256],
    pub(super) retry_id: i64,
}

/// After `req_pq`.
pub(super) fn begun(server: &mut Handshake) -> ByHand {
    let nonce = random_array(&mut SystemEntropy);
    let answer = reply(feed(server, &req_pq(&nonce)));
    ByHand::from_res_pq(nonce, &answer)
}

/// After `req_DH_params`.
pub(super) fn opened(server: &mut Handshake) -> ByHand {
    let mut client = begun(server);
    let answer = reply(feed(server, &client.req_dh_params(&client.encrypted(Padding::Modern))));
    client.read_params(&answer);
    client
}

pub(super) fn req_pq(nonce: &[u8; 16]) -> Vec<u8> {
    Writer::object(ids::REQ_PQ_MULTI).raw(nonce).done()
}

impl ByHand {
    pub(super) fn from_res_pq(nonce: [u8; 16], answer: &[u8]) -> Self {
        let mut reader = Reader::new(answer);
        assert_eq!(reader.constructor(), Ok(ids::RES_PQ));
        assert_eq!(reader.array(), Ok(nonce));
        let server_nonce = reader.array().expect("resPQ");
        let pq = u64::from_be_bytes(reader.string().expect("resPQ").try_into().expect("eight bytes"));
        let (p, q) = factor(pq).expect("two factors");
        assert_eq!((reader.constructor(), reader.int()), (Ok(ids::VECTOR), Ok(2)));
        let fingerprint = reader.long().expect("resPQ");
        reader.long().expect("the second key");
        reader.end().expect("nothing behind");
        Self {
            nonce,
            server_nonce,
            new_nonce: random_array(&mut SystemEntropy),
            pq,
            p: u32::try_from(p).expect("32 bits"),
            q: u32::try_from(q).expect("32 bits"),
            fingerprint,
            constructor: ids::P_Q_INNER_DATA,
            tail: Vec::new(),
            g_a: [0; 256],
            retry_id: 0,
        }
    }

    pub(super) fn inner_data(&self) -> Vec<u8> {
        let fields = Writer::object(self.constructor)
            .string(&self.pq.to_be_bytes())
            .string(&self.p.to_be_bytes())
            .string(&self.q.to_be_bytes())
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .raw(&self.new_nonce);
        self.tail.iter().fold(fields, |writer, value| writer.int(*value)).done()
    }

    pub(super) fn encrypted(&self, padding: Padding) -> Vec<u8> {
        encrypt_inner(&self.inner_data(), padding, &public_key(), &mut SystemEntropy).to_vec()
    }

    pub(super) fn req_dh_params(&self, encrypted_data: &[u8]) -> Vec<u8> {
        Writer::object(ids::REQ_DH_PARAMS)
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .string(&self.p.to_be_bytes())
            .string(&self.q.to_be_bytes())
            .long(self.fingerprint)
            .string(encrypted_data)
            .done()
    }

    pub(super) fn temporary_keys(&self) -> TemporaryKeys {
        TemporaryKeys::new(&self.new_nonce, &self.server_nonce)
    }

    pub(super) fn read_params(&mut self, answer: &[u8]) {
        let mut reader = Reader::new(answer);
        assert_eq!(reader.constructor(), Ok(ids::SERVER_DH_PARAMS_OK));
        let mut data = reader.take(32).and_then(|_| reader.string()).expect("server_DH_params_ok").to_vec();
        self.temporary_keys().decrypt(&mut data);
        let mut inner = Reader::new(&data[20..]);
        inner.take(4 + 32 + 4).and_then(|_| inner.string()).expect("server_DH_inner_data");
        self.g_a = inner.string().expect("g_a").try_into().expect("256 bytes");
    }

    pub(super) fn client_data(&self, g_b: &[u8]) -> Vec<u8> {
        Writer::object(ids::CLIENT_DH_INNER_DATA)
            .raw(&self.nonce)
            .raw(&self.server_nonce)
            .long(self.retry_id)
            .string(g_b)
            .done()
    }

    /// Hashes, pads and encrypts what `client_data` made.
    pub(super) fn sealed(&self, data: &[u8]) -> Vec<u8> {
        let mut out = [sha1(&[data]).as_slice(), data].concat();
        out.resize(out.len().next_multiple_of(16), 0xaa);
        self.temporary_keys().encrypt(&mut out);
        out
    }

    pub(super) fn set_client_dh_params(&self, encrypted_data: &[u8]) -> Vec<u8> {
        let head = Writer::object(ids::SET_CLIENT_DH_PARAMS).raw(&self.nonce).raw(&self.server_nonce);
        head.string(encrypted_data).done()
    }

    pub(super) fn good_last_message(&self) -> Vec<u8> {
        self.set_client_dh_params(&self.sealed(&self.client_data(share().public())))
    }
}

pub(super) fn share() -> Share {
    static GROUP: OnceLock<DhGroup> = OnceLock::new();
    let group = GROUP.get_or_init(|| DhGroup::new(ExponentLength::Short).expect("sound"));
    group.make_share(&mut SystemEntropy).expect("memory suffices")
}

/// Encrypts a block as it is.
pub(super) fn raw_rsa(block: &[u8; RSA_BYTES]) -> Vec<u8> {
    public_key().encrypt_raw(block).expect("below the modulus").to_vec()
}
