//! K5 to K8: what is inside RSA.

use crypto::{RSA_BYTES, SystemEntropy, ige_encrypt, sha1, sha256};

use super::by_hand::{ByHand, NOW, begun, feed_with, raw_rsa, reply, run, server_keys, strict_server_keys};
use super::failures::assert_dead;
use crate::client::Padding;
use crate::handshake::{Handshake, Step, ids};
use crate::limits::TEMPORARY_KEY_MAX_SECONDS;

/// K8: a message that fails only inside is sent to be computed like any other, and refused like any other.
#[track_caller]
fn assert_refused_after_work(name: &str, make: impl Fn(&mut ByHand) -> Vec<u8>) {
    let mut server = Handshake::new();
    let mut client = begun(&mut server);
    let clear = client.clone();
    let encrypted = make(&mut client);
    let request = clear.req_dh_params(&encrypted);
    let Step::Compute(job) = server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) else {
        panic!("{name}: refused before the work was done")
    };
    let step = server.on_computed(run(job, server_keys()));
    assert_dead(&mut server, &step, name);
}

/// K5.
#[test]
fn encrypted_data_is_exactly_a_number_below_the_modulus() {
    let modulus = *server_keys().rsa()[0].public().modulus();
    assert_refused_after_work("empty", |_| Vec::new());
    assert_refused_after_work("a byte short", |client| client.encrypted(Padding::Modern)[1..].to_vec());
    assert_refused_after_work("a byte long", |client| [&[0], client.encrypted(Padding::Modern).as_slice()].concat());
    assert_refused_after_work("a byte behind", |client| [client.encrypted(Padding::Modern).as_slice(), &[0]].concat());
    assert_refused_after_work("the modulus", |_| modulus.to_vec());
    assert_refused_after_work("over the modulus", |_| vec![0xff; RSA_BYTES]);
    assert_refused_after_work("zero", |_| vec![0; RSA_BYTES]);
    assert_refused_after_work("one", |_| [&[0; RSA_BYTES - 1][..], &[1]].concat());
    assert_refused_after_work("one less than the modulus", |_| {
        let mut number = modulus;
        number[RSA_BYTES - 1] &= !1;
        number.to_vec()
    });
}

/// K6, for both paddings: any bit of the ciphertext, and any block that is not a padding of ours.
#[test]
fn other_blocks_are_refused() {
    for padding in [Padding::Modern, Padding::Legacy] {
        for index in [1, 31, 32, 100, 223, 255] {
            assert_refused_after_work("a changed bit", |client| {
                let mut encrypted = client.encrypted(padding);
                encrypted[index] ^= 1;
                encrypted
            });
        }
    }
    assert_refused_after_work("noise", |_| raw_rsa(&[0x17; RSA_BYTES]));
    assert_refused_after_work("the data as it is", |client| {
        let mut block = [0; RSA_BYTES];
        let data = client.inner_data();
        block[RSA_BYTES - data.len()..].copy_from_slice(&data);
        raw_rsa(&block)
    });
}

/// RSA_PAD with one thing done differently.
fn padded(data: &[u8], is_reversed: bool, hashed_with: &[u8; 32]) -> [u8; RSA_BYTES] {
    let mut padded = data.to_vec();
    padded.resize(192, 3);
    let temp_key = [0x21; 32];
    let hash = sha256(&[hashed_with, &padded]);
    if is_reversed {
        padded.reverse();
    }
    padded.extend_from_slice(&hash);
    ige_encrypt(&mut padded, &temp_key, &[0; 32]);
    let mask = sha256(&[&padded]);
    let mut block = [0; RSA_BYTES];
    block[32..].copy_from_slice(&padded);
    block[..32].iter_mut().enumerate().for_each(|(index, byte)| *byte = temp_key[index] ^ mask[index]);
    block
}

/// Blocks of RSA_PAD depend on luck to be below the modulus; ours have a fixed key and are tried with new nonces.
fn raw_rsa_or_zero(block: &[u8; RSA_BYTES]) -> Vec<u8> {
    super::by_hand::public_key().encrypt_raw(block).map_or_else(|_| vec![0; RSA_BYTES], |encrypted| encrypted.to_vec())
}

/// K6, RSA_PAD: the hash is verified, over the key and the data in their right order.
#[test]
fn variations_of_the_modern_padding_are_refused() {
    for _ in 0..8 {
        assert_refused_after_work("not reversed", |client| {
            raw_rsa_or_zero(&padded(&client.inner_data(), false, &[0x21; 32]))
        });
        assert_refused_after_work("hashed with another key", |client| {
            raw_rsa_or_zero(&padded(&client.inner_data(), true, &[0x22; 32]))
        });
        assert_refused_after_work("hashed with no key", |client| {
            raw_rsa_or_zero(&padded(&client.inner_data(), true, &[0; 32]))
        });
    }
}

#[test]
fn the_modern_padding_made_by_hand_is_accepted() {
    let is_accepted = (0..64).any(|_| {
        let mut server = Handshake::new();
        let client = begun(&mut server);
        let encrypted = raw_rsa_or_zero(&padded(&client.inner_data(), true, &[0x21; 32]));
        matches!(super::by_hand::feed(&mut server, &client.req_dh_params(&encrypted)), Step::Reply(_))
    });
    assert!(is_accepted, "else the variations above prove nothing");
}

fn legacy(first: u8, hash: &[u8; 20], data: &[u8]) -> Vec<u8> {
    let mut block = [0x44; RSA_BYTES];
    block[0] = first;
    block[1..21].copy_from_slice(hash);
    block[21..21 + data.len()].copy_from_slice(data);
    raw_rsa(&block)
}

/// K6, the older padding.
#[test]
fn variations_of_the_older_padding_are_refused() {
    assert_refused_after_work("a number of 256 bytes", |client| {
        let data = client.inner_data();
        legacy(1, &sha1(&[&data]), &data)
    });
    assert_refused_after_work("another hash", |client| legacy(0, &[0; 20], &client.inner_data()));
    assert_refused_after_work("hash over the random bytes too", |client| {
        let data = client.inner_data();
        let mut all = data.clone();
        all.resize(235, 0x44);
        legacy(0, &sha1(&[&all]), &data)
    });
    assert_refused_after_work("hash over another form's length", |client| {
        client.tail = vec![2];
        let data = client.inner_data();
        legacy(0, &sha1(&[&data]), &data)
    });
    assert_refused_after_work("hash over less", |client| {
        let data = client.inner_data();
        legacy(0, &sha1(&[&data[..92]]), &data)
    });
}

/// K6: an operator may turn the older padding off.
#[test]
fn the_older_padding_is_a_setting() {
    for (keys, padding, is_accepted) in [
        (server_keys(), Padding::Legacy, true),
        (server_keys(), Padding::Modern, true),
        (strict_server_keys(), Padding::Legacy, false),
        (strict_server_keys(), Padding::Modern, true),
    ] {
        let mut server = Handshake::new();
        let client = begun(&mut server);
        let step = feed_with(&mut server, &client.req_dh_params(&client.encrypted(padding)), keys);
        assert_eq!(matches!(step, Step::Reply(_)), is_accepted);
        assert_eq!(matches!(step, Step::Refuse), !is_accepted);
    }
}

type Change = fn(&mut ByHand);

/// K7: everything that the inner data must repeat.
#[test]
fn inner_data_of_another_exchange_is_refused() {
    let cases: [(&str, Change); 9] = [
        ("another nonce", |client| client.nonce[3] ^= 1),
        ("another server_nonce", |client| client.server_nonce[3] ^= 1),
        ("nonces swapped", |client| std::mem::swap(&mut client.nonce, &mut client.server_nonce)),
        ("another pq", |client| client.pq ^= 2),
        ("another p", |client| client.p ^= 2),
        ("another q", |client| client.q ^= 2),
        ("factors swapped", |client| std::mem::swap(&mut client.p, &mut client.q)),
        ("another constructor", |client| client.constructor = ids::CLIENT_DH_INNER_DATA),
        ("no constructor", |client| client.constructor = 0),
    ];
    for padding in [Padding::Modern, Padding::Legacy] {
        for (name, change) in cases {
            assert_refused_after_work(name, |client| {
                change(client);
                client.encrypted(padding)
            });
        }
    }
}

/// K7: data centres and lifetimes.
#[test]
fn centres_and_lifetimes_out_of_bounds_are_refused() {
    let too_long = TEMPORARY_KEY_MAX_SECONDS + 1;
    let cases = [
        (ids::P_Q_INNER_DATA_DC, vec![0]),
        (ids::P_Q_INNER_DATA_DC, vec![6]),
        (ids::P_Q_INNER_DATA_DC, vec![-6]),
        (ids::P_Q_INNER_DATA_DC, vec![10_000]),
        (ids::P_Q_INNER_DATA_DC, vec![10_006]),
        (ids::P_Q_INNER_DATA_DC, vec![i32::MIN]),
        (ids::P_Q_INNER_DATA_TEMP, vec![0]),
        (ids::P_Q_INNER_DATA_TEMP, vec![-1]),
        (ids::P_Q_INNER_DATA_TEMP, vec![too_long]),
        (ids::P_Q_INNER_DATA_TEMP, vec![i32::MAX]),
        (ids::P_Q_INNER_DATA_TEMP_DC, vec![2, too_long]),
        (ids::P_Q_INNER_DATA_TEMP_DC, vec![0, 3600]),
    ];
    for padding in [Padding::Modern, Padding::Legacy] {
        for (constructor, tail) in &cases {
            assert_refused_after_work(&format!("{constructor:#x} {tail:?}"), |client| {
                client.constructor = *constructor;
                client.tail.clone_from(tail);
                client.encrypted(padding)
            });
        }
    }
}

#[test]
fn every_form_by_hand_is_accepted() {
    for (constructor, tail) in [
        (ids::P_Q_INNER_DATA, vec![]),
        (ids::P_Q_INNER_DATA_DC, vec![-2]),
        (ids::P_Q_INNER_DATA_TEMP, vec![TEMPORARY_KEY_MAX_SECONDS]),
        (ids::P_Q_INNER_DATA_TEMP_DC, vec![10_002, 1]),
    ] {
        for padding in [Padding::Modern, Padding::Legacy] {
            let mut server = Handshake::new();
            let mut client = begun(&mut server);
            client.constructor = constructor;
            client.tail.clone_from(&tail);
            let request = client.req_dh_params(&client.encrypted(padding));
            reply(super::by_hand::feed(&mut server, &request));
        }
    }
}

#[test]
fn either_of_the_servers_keys_may_be_chosen() {
    let mut server = Handshake::new();
    let mut client = begun(&mut server);
    client.fingerprint = server_keys().rsa()[1].fingerprint();
    let key = server_keys().rsa()[1].public();
    let encrypted =
        crate::client::encrypt_inner(&client.inner_data(), Padding::Modern, key, &mut SystemEntropy).to_vec();
    reply(super::by_hand::feed(&mut server, &client.req_dh_params(&encrypted)));
}
