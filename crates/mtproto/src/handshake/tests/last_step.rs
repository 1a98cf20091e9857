//! K11, K12: `set_client_DH_params`.

use crypto::{DH_PRIME, SystemEntropy};

use super::by_hand::{ByHand, NOW, feed, opened, reply, run, server_keys, share};
use super::failures::assert_dead;
use crate::handshake::{Handshake, NonceHash, Step, Verdict, ids, new_nonce_hash};
use crate::wire::{Reader, Writer};

/// Everything inside is looked at after the same work, and refused alike.
#[track_caller]
fn assert_refused_after_work(name: &str, make: impl Fn(&mut ByHand) -> Vec<u8>) {
    let mut server = Handshake::new();
    let mut client = opened(&mut server);
    let clear = client.clone();
    let request = clear.set_client_dh_params(&make(&mut client));
    let Step::Compute(job) = server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) else {
        panic!("{name}: refused before the work was done")
    };
    let step = server.on_computed(run(job, server_keys()));
    assert_dead(&mut server, &step, name);
}

/// K11: clients leave leading zeros of `g_b` out, which changes the padding too.
#[test]
fn every_length_of_g_b_is_read() {
    for zeros in [0, 1, 2, 3, 4, 5, 7] {
        let mut g_b = *share().public();
        g_b[..zeros].fill(0);
        g_b[zeros] = 1;
        let mut server = Handshake::new();
        let client = opened(&mut server);
        let encrypted = client.sealed(&client.client_data(&g_b[zeros..]));
        let step = feed(&mut server, &client.set_client_dh_params(&encrypted));
        assert!(matches!(step, Step::Store(_)), "{zeros}: {step:?}");
    }
}

/// K11: the range.
#[test]
fn values_of_g_b_out_of_range_are_refused() {
    let mut lowest_less_one = [0xff; 256];
    lowest_less_one[..8].fill(0);
    let mut less_one = DH_PRIME;
    less_one[255] -= 1;
    let cases: [(&str, &[u8]); 9] = [
        ("nothing", &[]),
        ("zero", &[0]),
        ("one", &[1]),
        ("the generator", &[3]),
        ("just below the range", &lowest_less_one),
        ("p - 1", &less_one),
        ("p", &DH_PRIME),
        ("over p", &[0xff; 256]),
        ("too long", &[1; 257]),
    ];
    for (name, g_b) in cases {
        assert_refused_after_work(name, |client| client.sealed(&client.client_data(g_b)));
    }
}

type Change = fn(&mut ByHand);

/// K2, K11, K12: the nonces inside and `retry_id`.
#[test]
fn inner_fields_that_do_not_fit_are_refused() {
    let cases: [(&str, Change); 5] = [
        ("another nonce", |client| client.nonce[0] ^= 1),
        ("no nonce", |client| client.nonce = [0; 16]),
        ("another retry_id", |client| client.retry_id = 1),
        ("a negative retry_id", |client| client.retry_id = -1),
        ("another new_nonce", |client| client.new_nonce[0] ^= 1),
    ];
    for (name, change) in cases {
        assert_refused_after_work(name, |client| {
            change(client);
            client.sealed(&client.client_data(share().public()))
        });
    }
    assert_refused_after_work("another server_nonce inside", |client| {
        let mut data = client.client_data(share().public());
        data[20] ^= 1;
        client.sealed(&data)
    });
}

/// K11: the shape, the hash and the padding.
#[test]
fn data_that_is_not_sealed_as_it_should_be_is_refused() {
    let good = |client: &ByHand| client.sealed(&client.client_data(share().public()));
    assert_refused_after_work("empty", |_| Vec::new());
    assert_refused_after_work("not whole blocks", |client| good(client)[..330].to_vec());
    assert_refused_after_work("a block short", |client| good(client)[16..].to_vec());
    assert_refused_after_work("a block long", |client| [good(client), vec![0; 16]].concat());
    assert_refused_after_work("far too long", |_| vec![0; 640]);
    assert_refused_after_work("far too short", |_| vec![0; 64]);
    for index in [0, 19, 20, 100, 335] {
        assert_refused_after_work("a changed byte", |client| {
            let mut encrypted = good(client);
            encrypted[index] ^= 1;
            encrypted
        });
    }
    assert_refused_after_work("another constructor", |client| {
        let mut data = client.client_data(share().public());
        data[..4].copy_from_slice(&ids::P_Q_INNER_DATA.to_le_bytes());
        client.sealed(&data)
    });
    assert_refused_after_work("more behind it", |client| {
        let data = client.client_data(share().public());
        client.sealed(&[data.as_slice(), &[0; 4]].concat())
    });
    assert_refused_after_work("a string that ends nowhere", |client| {
        let head = Writer::object(ids::CLIENT_DH_INNER_DATA).raw(&client.nonce).raw(&client.server_nonce).long(0);
        client.sealed(&head.raw(&[0xfe, 0xff, 0xff, 0xff]).raw(&[0; 64]).done())
    });
}

/// K12: each of the three answers carries its own hash, and both nonces.
#[test]
fn the_three_answers_carry_their_hashes() {
    let cases =
        [(Verdict::Durable, ids::DH_GEN_OK, NonceHash::Ok), (Verdict::Taken, ids::DH_GEN_RETRY, NonceHash::Retry)];
    for (verdict, constructor, number) in cases {
        let mut server = Handshake::new();
        let client = opened(&mut server);
        let Step::Store(new_key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
        let answer = reply(server.on_stored(new_key.key.id(), verdict));
        let mut reader = Reader::new(&answer);
        assert_eq!(reader.constructor(), Ok(constructor));
        assert_eq!((reader.array(), reader.array()), (Ok(client.nonce), Ok(client.server_nonce)));
        assert_eq!(reader.array(), Ok(new_nonce_hash(&client.new_nonce, number, new_key.key.aux_hash())));
        assert_eq!(reader.end(), Ok(()));
    }
}

/// K12: after `dh_gen_retry` the client names the key that was refused.
#[test]
fn a_retry_names_the_key_that_was_taken() {
    for (name, difference) in [("the right one", 0), ("another", 1), ("none", i64::MIN)] {
        let mut server = Handshake::new();
        let mut client = opened(&mut server);
        let Step::Store(new_key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
        reply(server.on_stored(new_key.key.id(), Verdict::Taken));
        client.retry_id = if name == "none" { 0 } else { new_key.key.aux_hash() ^ difference };
        let step = feed(&mut server, &client.good_last_message());
        if difference == 0 {
            assert!(matches!(step, Step::Store(_)), "{step:?}");
        } else {
            assert_dead(&mut server, &step, name);
        }
    }
}
