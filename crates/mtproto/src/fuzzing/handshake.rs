//! Script: what a client does, step by step. Each step is genuine but for the changes that the script names: inside what
//! is encrypted, then to the whole message.

use std::sync::OnceLock;

use crypto::{DhGroup, ExponentLength, PrivateKey, factor, sha1};

use super::{Counting, Script};
use crate::client::{Padding, encrypt_inner};
use crate::handshake::{Handshake, ServerKeys, Step, TemporaryKeys, Verdict, ids};
use crate::wire::{Reader, Writer};

const MOST_STEPS: usize = 24;
const FORMS: [(u32, &[i32]); 4] = [
    (ids::P_Q_INNER_DATA, &[]),
    (ids::P_Q_INNER_DATA_DC, &[-2]),
    (ids::P_Q_INNER_DATA_TEMP, &[3600]),
    (ids::P_Q_INNER_DATA_TEMP_DC, &[2, 3600]),
];

fn server_keys() -> &'static ServerKeys {
    static KEYS: OnceLock<ServerKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let rsa = PrivateKey::generate().expect("memory suffices");
        ServerKeys::new(vec![rsa], ExponentLength::Short, true).expect("the published group is sound")
    })
}

struct Client {
    server: Handshake,
    entropy: Counting,
    now: i32,
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    pq: u64,
    stored: Option<i64>,
    retry_id: i64,
}

/// Speaks with a server that has no key for us yet.
///
/// # Panics
/// When an answer is longer than any may be.
pub fn handshake(input: &[u8]) {
    let mut script = Script::new(input);
    let mut client = Client {
        server: Handshake::new(),
        entropy: Counting::new(),
        now: 1_700_000_000,
        nonce: [1; 16],
        server_nonce: [0; 16],
        new_nonce: [2; 32],
        pq: 15,
        stored: None,
        retry_id: 0,
    };
    for _ in 0..MOST_STEPS {
        if script.is_over() {
            break;
        }
        client.step(&mut script);
    }
}

impl Client {
    fn step(&mut self, script: &mut Script<'_>) {
        match script.byte() % 10 {
            0 | 1 => self.req_pq(script),
            2 => self.req_dh_params(script, Padding::Modern),
            3 => self.req_dh_params(script, Padding::Legacy),
            4 | 5 => self.set_client_dh_params(script),
            6 => self.verdict([Verdict::Durable, Verdict::Taken, Verdict::Unavailable][usize::from(script.byte() % 3)]),
            7 => self.now += i32::from(script.byte()),
            8 => {
                let length = usize::from(script.byte());
                let body = script.take(length).to_vec();
                self.send(&body);
            }
            _ => drop(self.send(&Writer::object(ids::MSGS_ACK).done())),
        }
    }

    fn send(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let keys = server_keys();
        let step = match self.server.on_plain(self.now, body, keys, &mut self.entropy) {
            Step::Compute(job) => self.server.on_computed(job.run(keys, &mut self.entropy)),
            step => step,
        };
        self.take(step)
    }

    fn take(&mut self, step: Step) -> Option<Vec<u8>> {
        match step {
            Step::Reply(answer) => {
                assert!(answer.len() <= 1024, "an answer of {} bytes", answer.len());
                Some(answer)
            }
            Step::Store(key) => {
                self.stored = Some(key.key.id());
                self.retry_id = key.key.aux_hash();
                None
            }
            Step::Compute(_) => panic!("a result leads to no second computation"),
            Step::Nothing | Step::Refuse | Step::Close => None,
        }
    }

    fn req_pq(&mut self, script: &mut Script<'_>) {
        let mut body = Writer::object(ids::REQ_PQ_MULTI).raw(&self.nonce).done();
        script.change(&mut body);
        let Some(answer) = self.send(&body) else { return };
        let mut reader = Reader::new(&answer);
        let fields = (reader.constructor(), reader.array(), reader.array(), reader.string());
        if let (Ok(ids::RES_PQ), Ok(nonce), Ok(server_nonce), Ok(pq)) = fields {
            self.nonce = nonce;
            self.server_nonce = server_nonce;
            self.pq = pq.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            self.retry_id = 0;
        }
    }

    fn req_dh_params(&mut self, script: &mut Script<'_>, padding: Padding) {
        let (p, q) = factor(self.pq).unwrap_or((3, 5));
        let [p, q] = [p, q].map(|factor| factor.to_be_bytes());
        let (constructor, tail) = FORMS[usize::from(script.byte() % 4)];
        let fields = Writer::object(constructor).string(&self.pq.to_be_bytes()).string(&p[4..]).string(&q[4..]);
        let fields = fields.raw(&self.nonce).raw(&self.server_nonce).raw(&self.new_nonce);
        let mut inner = tail.iter().fold(fields, |writer, value| writer.int(*value)).done();
        script.change(&mut inner);
        let key = server_keys().rsa()[0].public();
        let encrypted = encrypt_inner(&inner, padding, key, &mut self.entropy);
        let head = Writer::object(ids::REQ_DH_PARAMS).raw(&self.nonce).raw(&self.server_nonce);
        let mut body = head.string(&p[4..]).string(&q[4..]).long(key.fingerprint()).string(&encrypted).done();
        script.change(&mut body);
        self.send(&body);
    }

    fn set_client_dh_params(&mut self, script: &mut Script<'_>) {
        static GROUP: OnceLock<DhGroup> = OnceLock::new();
        let group = GROUP.get_or_init(|| DhGroup::new(ExponentLength::Short).expect("sound"));
        let share = group.make_share(&mut self.entropy).expect("memory suffices");
        let head = Writer::object(ids::CLIENT_DH_INNER_DATA).raw(&self.nonce).raw(&self.server_nonce);
        let mut inner = head.long(self.retry_id).string(share.public()).done();
        script.change(&mut inner);
        let mut data = [sha1(&[&inner]).as_slice(), &inner].concat();
        data.resize(data.len().next_multiple_of(16), 0);
        TemporaryKeys::new(&self.new_nonce, &self.server_nonce).encrypt(&mut data);
        let head = Writer::object(ids::SET_CLIENT_DH_PARAMS).raw(&self.nonce).raw(&self.server_nonce);
        let mut body = head.string(&data).done();
        script.change(&mut body);
        self.send(&body);
    }

    fn verdict(&mut self, verdict: Verdict) {
        let step = self.server.on_stored(self.stored.unwrap_or(0), verdict);
        self.take(step);
    }
}
