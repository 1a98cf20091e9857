//! A client that is content says something only if it would not have been content with anything else.

use std::sync::OnceLock;

use crypto::{ExponentLength, PrivateKey, PublicKey, SystemEntropy};

use super::{Answer, ClientError, Handshake, KnownServer, NewKey, Options, Padding};
use crate::handshake::{self, ServerKeys, Step, Verdict};

const OPTIONS: Options = Options { padding: Padding::Modern, dialled: None, expires_in: None };

fn keys() -> &'static ServerKeys {
    static KEYS: OnceLock<ServerKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let rsa = PrivateKey::generate().expect("memory suffices");
        ServerKeys::new(vec![rsa], ExponentLength::Short, true).expect("sound")
    })
}

fn known(key: &PrivateKey) -> KnownServer {
    let pem = key.public().to_pem().expect("memory suffices");
    KnownServer::new(vec![PublicKey::from_pem(&pem).expect("just written")]).expect("sound")
}

fn answer(server: &mut handshake::Handshake, message: &[u8]) -> Vec<u8> {
    let mut step = server.on_plain(1, message, keys(), &mut SystemEntropy);
    loop {
        step = match step {
            Step::Compute(job) => server.on_computed(job.run(keys(), &mut SystemEntropy)),
            Step::Store(key) => server.on_stored(key.key.id(), Verdict::Durable),
            Step::Reply(body) => return body,
            other => panic!("expected an answer, got {other:?}"),
        }
    }
}

/// Runs an exchange in which the answer with this number is changed on its way.
fn exchange(known: &KnownServer, number: usize, change: impl Fn(&mut Vec<u8>)) -> Result<NewKey, ClientError> {
    let mut server = handshake::Handshake::new();
    let (mut client, mut message) = Handshake::start(OPTIONS, &mut SystemEntropy);
    for index in 0.. {
        let mut body = answer(&mut server, &message);
        if index == number {
            change(&mut body);
        }
        match client.on_answer(&body, known, &mut SystemEntropy)? {
            Answer::Send(next) => message = next,
            Answer::Done(key) => return Ok(key),
        }
    }
    unreachable!("the third answer is the last")
}

#[test]
fn an_untouched_exchange_succeeds() {
    assert!(exchange(&known(&keys().rsa()[0]), 9, |_| ()).is_ok());
}

#[test]
fn a_server_with_other_keys_is_not_believed() {
    let stranger = PrivateKey::generate().expect("memory suffices");
    let expected = ClientError::Check { check: "a known fingerprint" };
    assert_eq!(exchange(&known(&stranger), 9, |_| ()).err(), Some(expected));
}

#[test]
fn changed_answers_are_not_believed() {
    let known = known(&keys().rsa()[0]);
    // resPQ but for its server_nonce, which only the next answer can prove; server_DH_params_ok; dh_gen_ok.
    let places = [vec![0, 4, 19, 48, 56, 60], vec![0, 4, 20, 35, 36, 40, 300, 600], vec![0, 4, 20, 36, 51]];
    for (number, places) in places.into_iter().enumerate() {
        for place in places {
            let result = exchange(&known, number, |body| body[place] ^= 1);
            assert!(result.is_err(), "answer {number}, byte {place}");
        }
        for length in [0, 3, 16, 40] {
            let result = exchange(&known, number, |body| body.truncate(length));
            assert!(result.is_err(), "answer {number} cut to {length}");
        }
        assert!(exchange(&known, number, |body| body.push(0)).is_err(), "answer {number} with more behind it");
    }
}
