//! Whole exchanges, with the client of this crate.

use crypto::{DhGroup, SystemEntropy};

use super::by_hand::{ByHand, NOW, begun, feed, opened, public_key, reply, req_pq, run, server_keys};
use crate::client::{self, Answer, ClientError, KnownServer, Options, Padding};
use crate::handshake::{Dialled, Handshake, Lifetime, NewKey, Step, Verdict, ids};
use crate::limits::HANDSHAKE_RETRIES;
use crate::wire::Writer;

const PLAIN: Options = Options { padding: Padding::Modern, dialled: None, expires_in: None };

/// Runs an exchange to its end; the store says each of these in turn.
fn run_exchange(
    server: &mut Handshake,
    options: Options,
    verdicts: &[Verdict],
) -> Result<(NewKey, client::NewKey), ClientError> {
    let known = KnownServer::new(vec![public_key()]).expect("sound");
    let (mut client, mut message) = client::Handshake::start(options, &mut SystemEntropy);
    let mut verdicts = verdicts.iter();
    let mut last_key = None;
    loop {
        let step = match feed(server, &message) {
            Step::Store(key) => {
                let verdict = *verdicts.next().expect("as many verdicts as keys");
                let step = server.on_stored(key.key.id(), verdict);
                last_key = Some(*key);
                step
            }
            step => step,
        };
        match client.on_answer(&reply(step), &known, &mut SystemEntropy)? {
            Answer::Send(next) => message = next,
            Answer::Done(theirs) => return Ok((last_key.expect("a key was stored"), theirs)),
        }
    }
}

/// K6, K7, K12: every padding with every form of the inner data.
#[test]
fn both_ends_hold_the_same_key() {
    let media = Dialled { dc: 2, is_media: true, is_test: false };
    let test = Dialled { dc: 3, is_media: false, is_test: true };
    for padding in [Padding::Modern, Padding::Legacy] {
        for dialled in [None, Some(media), Some(test)] {
            for expires_in in [None, Some(86_400)] {
                let options = Options { padding, dialled, expires_in };
                let (ours, theirs) =
                    run_exchange(&mut Handshake::new(), options, &[Verdict::Durable]).expect("a sound exchange");
                assert_eq!(ours.key.bytes(), theirs.key.bytes());
                assert_eq!(ours.server_salt, theirs.server_salt);
                assert_eq!(ours.dialled, dialled);
                assert_eq!(theirs.server_time, NOW);
                let expected = expires_in.map_or(Lifetime::Permanent, |expires_in| Lifetime::Temporary { expires_in });
                assert_eq!(ours.lifetime, expected);
            }
        }
    }
}

/// A client with PFS makes two keys over one connection.
#[test]
fn one_connection_may_make_several_keys() {
    let mut server = Handshake::new();
    let mut ids = std::collections::HashSet::new();
    for _ in 0..20 {
        let (ours, _) = run_exchange(&mut server, PLAIN, &[Verdict::Durable]).expect("a sound exchange");
        assert!(!server.is_busy());
        assert!(ids.insert(ours.key.id()), "a key was made twice");
    }
}

/// K12: another `b` gives another key.
#[test]
fn a_taken_id_is_tried_again() {
    for retries in 1..=usize::from(HANDSHAKE_RETRIES) {
        let mut verdicts = vec![Verdict::Taken; retries];
        verdicts.push(Verdict::Durable);
        let (ours, theirs) = run_exchange(&mut Handshake::new(), PLAIN, &verdicts).expect("a sound exchange");
        assert_eq!(ours.key.bytes(), theirs.key.bytes());
    }
}

/// K12: the client hears `dh_gen_fail`, with its own hash, and the exchange is dead.
#[test]
fn retries_are_bounded() {
    let mut server = Handshake::new();
    let verdicts = vec![Verdict::Taken; usize::from(HANDSHAKE_RETRIES) + 1];
    assert_eq!(run_exchange(&mut server, PLAIN, &verdicts).err(), Some(ClientError::Failed));
    assert!(matches!(feed(&mut server, &req_pq(&[1; 16])), Step::Refuse));
}

/// K1: both spellings of the request; fresh numbers each time.
#[test]
fn every_offer_is_fresh() {
    let mut seen = std::collections::HashSet::new();
    for constructor in [ids::REQ_PQ, ids::REQ_PQ_MULTI, ids::REQ_PQ, ids::REQ_PQ_MULTI] {
        let request = Writer::object(constructor).raw(&[7; 16]).done();
        let client = ByHand::from_res_pq([7; 16], &reply(feed(&mut Handshake::new(), &request)));
        assert!(client.p < client.q && client.pq < 1 << 63);
        assert_eq!(u64::from(client.p) * u64::from(client.q), client.pq);
        assert!(seen.insert(client.server_nonce.to_vec()));
        assert!(seen.insert(client.pq.to_be_bytes().to_vec()));
    }
}

/// K10.
#[test]
fn every_share_is_fresh_and_in_range() {
    let mut seen = std::collections::HashSet::new();
    for _ in 0..4 {
        let client = opened(&mut Handshake::new());
        assert!(DhGroup::is_public_in_range(&client.g_a));
        assert!(seen.insert(client.g_a));
    }
}

/// K13: before the store has answered, nothing is said, whatever the client sends.
#[test]
fn a_key_is_not_named_before_it_is_durable() {
    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(new_key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    assert!(server.is_busy());
    assert!(matches!(server.on_stored(new_key.key.id() ^ 1, Verdict::Durable), Step::Nothing), "another key's verdict");
    reply(server.on_stored(new_key.key.id(), Verdict::Durable));
    assert!(!server.is_busy());
    assert!(matches!(server.on_stored(new_key.key.id(), Verdict::Durable), Step::Nothing), "a second verdict");
}

/// T3, K13: our own trouble closes the connection; it never looks like a missing key.
#[test]
fn trouble_in_the_store_closes() {
    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(new_key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    assert!(matches!(server.on_stored(new_key.key.id(), Verdict::Unavailable), Step::Close));
    assert!(matches!(feed(&mut server, &req_pq(&[1; 16])), Step::Refuse));
}

/// A second `req_pq` begins anew; what the first one left behind changes nothing.
#[test]
fn a_restart_abandons_what_was_under_way() {
    let mut server = Handshake::new();
    let first = begun(&mut server);
    let request = first.req_dh_params(&first.encrypted(Padding::Modern));
    let Step::Compute(job) = server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) else {
        panic!("a job is due")
    };
    let second = begun(&mut server);
    assert!(matches!(server.on_computed(run(job, server_keys())), Step::Nothing));
    reply(feed(&mut server, &second.req_dh_params(&second.encrypted(Padding::Modern))));
}

/// Two jobs are out: the result of the abandoned exchange is not taken for that of the present one.
#[test]
fn a_late_result_is_not_taken_for_the_present_one() {
    let mut server = Handshake::new();
    let job = |client: &ByHand, server: &mut Handshake| {
        let request = client.req_dh_params(&client.encrypted(Padding::Modern));
        match server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) {
            Step::Compute(job) => job,
            other => panic!("a job is due, got {other:?}"),
        }
    };
    let first = begun(&mut server);
    let first_job = job(&first, &mut server);
    let mut second = begun(&mut server);
    let second_job = job(&second, &mut server);
    assert!(matches!(server.on_computed(run(first_job, server_keys())), Step::Nothing));
    second.read_params(&reply(server.on_computed(run(second_job, server_keys()))));
    assert!(matches!(feed(&mut server, &second.good_last_message()), Step::Store(_)));
}

#[test]
fn a_restart_while_a_key_is_with_the_store_drops_the_verdict() {
    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(new_key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    let second = begun(&mut server);
    assert!(matches!(server.on_stored(new_key.key.id(), Verdict::Durable), Step::Nothing));
    reply(feed(&mut server, &second.req_dh_params(&second.encrypted(Padding::Modern))));
}

#[test]
fn acknowledgements_mean_nothing() {
    let mut server = Handshake::new();
    let acknowledgement = Writer::object(ids::MSGS_ACK).int(0x1cb5_c415).int(1).long(5).done();
    assert!(matches!(feed(&mut server, &acknowledgement), Step::Nothing));
    let client = begun(&mut server);
    assert!(matches!(feed(&mut server, &acknowledgement), Step::Nothing));
    reply(feed(&mut server, &client.req_dh_params(&client.encrypted(Padding::Modern))));
}

#[test]
fn what_is_made_ahead_is_used() {
    let keys = super::by_hand::strict_server_keys();
    keys.stock().refill(keys.group(), &mut SystemEntropy).expect("memory suffices");
    assert_eq!(keys.stock().ready(), (1, 1));
    let mut server = Handshake::new();
    reply(super::by_hand::feed_with(&mut server, &req_pq(&[7; 16]), keys));
    assert_eq!(keys.stock().ready(), (0, 1));
}

/// TDLib hides which plain message it sends behind up to 255 random bytes.
#[test]
fn random_bytes_behind_a_request_are_ignored() {
    let behind = |message: Vec<u8>| [message, vec![0xa5; 255]].concat();
    let mut server = Handshake::new();
    let answer = reply(feed(&mut server, &behind(req_pq(&[7; 16]))));
    let mut client = ByHand::from_res_pq([7; 16], &answer);
    let request = client.req_dh_params(&client.encrypted(Padding::Modern));
    client.read_params(&reply(feed(&mut server, &behind(request))));
    assert!(matches!(feed(&mut server, &behind(client.good_last_message())), Step::Store(_)));
}
