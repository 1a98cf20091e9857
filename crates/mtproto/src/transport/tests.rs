use bytes::BytesMut;
use crypto::{Entropy, SystemEntropy, random_array};
use proptest::prelude::*;

use super::*;
use crate::client::connect;
use crate::limits::{DETECT_MAX_BYTES, FRAME_MAX_BYTES, FRAME_MIN_BYTES, FRAME_PADDING_MAX_BYTES};

/// Every way to speak: the full transport has no obfuscated form.
const WAYS: [(Framing, bool); 7] = [
    (Framing::Abridged, false),
    (Framing::Intermediate, false),
    (Framing::Padded, false),
    (Framing::Full, false),
    (Framing::Abridged, true),
    (Framing::Intermediate, true),
    (Framing::Padded, true),
];

/// Both ends of a new connection, and what the client has sent so far.
fn connected(framing: Framing, is_obfuscated: bool) -> (Codec, Codec, BytesMut) {
    let (client, announcement) = connect(framing, is_obfuscated, &mut SystemEntropy).expect("a way to speak");
    let mut prefix = announcement.clone();
    if framing == Framing::Full {
        prefix.extend_from_slice(&[36, 0, 0, 0, 0, 0, 0, 0]);
    }
    let Detection::Mtproto { codec: server, header_bytes } = detect(&prefix, Surface::Socket) else {
        panic!("{framing:?} was not recognised")
    };
    assert_eq!(header_bytes, announcement.len());
    assert_eq!((server.framing(), server.is_obfuscated()), (framing, is_obfuscated));
    (client, server, BytesMut::new())
}

/// An encrypted message as far as a transport can see: a key's id, then whole blocks.
fn message(blocks: usize, fill: u8) -> Vec<u8> {
    let mut bytes = vec![fill; 24 + 16 * blocks];
    bytes[0] = 1;
    bytes
}

/// A plain message of the key exchange.
fn plain(body_bytes: usize) -> Vec<u8> {
    let mut bytes = vec![0; 16];
    bytes.extend_from_slice(&u32::try_from(body_bytes).expect("short").to_le_bytes());
    bytes.resize(20 + body_bytes, 7);
    bytes
}

#[track_caller]
fn payload(codec: &mut Codec, buffer: &mut BytesMut) -> (Vec<u8>, bool) {
    match codec.decode(buffer).expect("sound frames") {
        Some(Frame::Payload { bytes, quick_ack }) => (bytes.to_vec(), quick_ack),
        other => panic!("expected a message, got {other:?}"),
    }
}

fn is_incomplete(detection: &Detection) -> bool {
    matches!(detection, Detection::Incomplete)
}

/// T1: each is recognised at its last byte and no earlier.
#[test]
fn transports_are_recognised_by_their_first_bytes() {
    for (framing, is_obfuscated) in WAYS {
        let (_, announcement) = connect(framing, is_obfuscated, &mut SystemEntropy).expect("a way to speak");
        for surface in [Surface::Socket, Surface::WebSocket] {
            for length in 0..announcement.len() {
                assert!(is_incomplete(&detect(&announcement[..length], surface)), "{framing:?} {length}");
            }
            connected(framing, is_obfuscated);
        }
    }
}

/// T1.
#[test]
fn http_is_recognised_on_a_socket_only() {
    for request in ["GET / HTTP/1.1", "POST /apiw1", "HEAD /", "OPTIONS *", "PUT /x"] {
        let bytes = request.as_bytes();
        assert!(matches!(detect(bytes, Surface::Socket), Detection::Http), "{request}");
        assert!(matches!(detect(bytes, Surface::WebSocket), Detection::Unknown), "{request}");
        assert!(is_incomplete(&detect(&bytes[..3], Surface::Socket)), "{request}");
    }
}

/// T1: a ClientHello, in a record of any size, and nothing that only looks like one.
#[test]
fn tls_is_told_by_six_bytes() {
    for hello in [[0x16, 3, 1, 2, 0, 1], [0x16, 3, 3, 0, 1, 1], [0x16, 3, 0, 0x40, 0, 1], [0x16, 3, 4, 0, 200, 1]] {
        assert!(matches!(detect(&hello, Surface::Socket), Detection::Tls), "{hello:?}");
        assert!(matches!(detect(&hello, Surface::WebSocket), Detection::Unknown), "{hello:?}");
        for length in 0..6 {
            assert!(is_incomplete(&detect(&hello[..length], Surface::Socket)), "{hello:?}");
        }
    }
    for other in [
        [0x16, 3, 1, 2, 0, 2],
        [0x16, 3, 1, 0, 0, 1],
        [0x16, 3, 1, 0x40, 1, 1],
        [0x16, 3, 5, 2, 0, 1],
        [0x16, 2, 1, 2, 0, 1],
    ] {
        let mut header = random_array::<64>(&mut SystemEntropy);
        header[..6].copy_from_slice(&other);
        let (_, header) = Obfuscation::connect(&header, Framing::Padded).expect("has a tag");
        assert!(matches!(detect(&header, Surface::Socket), Detection::Mtproto { header_bytes: 64, .. }), "{other:?}");
    }
}

/// T1: what is none of ours is known to be so within 64 bytes.
#[test]
fn other_beginnings_are_unknown() {
    let padded_with = |start: &[u8], fill: u8| {
        let mut bytes = start.to_vec();
        bytes.resize(DETECT_MAX_BYTES, fill);
        bytes
    };
    let over_long = u32::try_from(FRAME_MAX_BYTES).expect("fits") + 1;
    let cases = [
        ("TLS that begins with something else", padded_with(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x02], 0)),
        ("a header whose tag is noise", padded_with(b"abcdefgh", 0x31)),
        ("SSH", padded_with(b"SSH-2.0-OpenSSH", 0x41)),
        ("SMTP", padded_with(b"EHLO example.org\r\n", 0x41)),
        ("another verb", padded_with(b"DELETE / HTTP/1.1\r\n", 0x41)),
        ("a small verb", padded_with(b"get / HTTP/1.1\r\n", 0x41)),
        ("a first frame that is too long", padded_with(&[&over_long.to_le_bytes()[..], &[0; 4]].concat(), 0)),
        ("mixed tags", padded_with(&[0xee, 0xee, 0xee, 0xdd], 9)),
    ];
    for (name, bytes) in cases {
        for surface in [Surface::Socket, Surface::WebSocket] {
            assert!(matches!(detect(&bytes, surface), Detection::Unknown), "{name}");
        }
    }
}

/// T1, page "mtproto/mtproto-transports": the client's header begins like nothing else, and carries its tag hidden.
#[test]
fn obfuscated_headers_are_made_as_the_page_says() {
    struct BadFirst(Vec<[u8; 64]>);
    impl Entropy for BadFirst {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.copy_from_slice(&self.0.pop().expect("drawn too often"));
        }
    }
    let mut good = random_array::<64>(&mut SystemEntropy);
    good[0] = 1;
    let begins_with = |start: &[u8]| {
        let mut header = good;
        header[..start.len()].copy_from_slice(start);
        header
    };
    let bad = [
        &[0xef][..],
        &[0xee; 4],
        &[0xdd; 4],
        b"GET ",
        b"POST",
        b"HEAD",
        b"OPTI",
        b"PUT ",
        &[0x16, 3, 1, 2, 0, 1],
        &[1, 2, 3, 4, 0, 0, 0, 0],
    ];
    let mut draws = vec![good];
    draws.extend(bad.iter().map(|start| begins_with(start)));
    let mut entropy = BadFirst(draws);
    let (_, header) = connect(Framing::Abridged, true, &mut entropy).expect("a way to speak");
    assert!(entropy.0.is_empty(), "a bad beginning was taken");
    assert_eq!(header[..56], good[..56], "the keys travel in clear");
    assert_ne!(header[56..60], [0xef; 4], "the tag does not");
}

/// The data centre in the header is noise in some clients.
#[test]
fn the_data_centre_of_an_obfuscated_header_is_not_read() {
    for dc in [0_i16, 1, 2, -2, 10_002, -27_809, 13_465, i16::MIN] {
        let mut random = random_array::<64>(&mut SystemEntropy);
        random[0] = 1;
        random[60..62].copy_from_slice(&dc.to_le_bytes());
        let (_, header) = Obfuscation::connect(&random, Framing::Padded).expect("has a tag");
        assert!(matches!(detect(&header, Surface::Socket), Detection::Mtproto { header_bytes: 64, .. }), "{dc}");
    }
    assert!(connect(Framing::Full, true, &mut SystemEntropy).is_none());
}

/// Frames of every size around the boundaries of headers, both ways, with and without a mark.
#[test]
fn frames_come_back() {
    for (framing, is_obfuscated) in WAYS {
        let (mut client, mut server, mut wire) = connected(framing, is_obfuscated);
        let messages: Vec<Vec<u8>> = [1, 2, 29, 30, 31, 32, 4000, 65_000]
            .into_iter()
            .map(|blocks| message(blocks, 3))
            .chain([4, 20, 340, 488, 492].map(plain))
            .collect();
        for expected in &messages {
            client.encode(expected, &mut SystemEntropy, &mut wire);
            client.encode_marked(expected, &mut SystemEntropy, &mut wire);
        }
        for expected in &messages {
            assert_eq!(payload(&mut server, &mut wire), (expected.clone(), false), "{framing:?}");
            assert_eq!(payload(&mut server, &mut wire), (expected.clone(), framing != Framing::Full), "{framing:?}");
        }
        assert!(wire.is_empty());
        for expected in &messages {
            server.encode(expected, &mut SystemEntropy, &mut wire);
        }
        for expected in &messages {
            assert_eq!(payload(&mut client, &mut wire), (expected.clone(), false), "{framing:?}");
        }
        assert_eq!(client.decode(&mut wire), Ok(None));
    }
}

#[test]
fn headers_are_what_the_page_says() {
    let header = |framing, blocks: usize, marked| {
        let (mut client, _, mut wire) = connected(framing, false);
        let bytes = message(blocks, 3);
        if marked {
            client.encode_marked(&bytes, &mut SystemEntropy, &mut wire);
        } else {
            client.encode(&bytes, &mut SystemEntropy, &mut wire);
        }
        wire[..4].to_vec()
    };
    assert_eq!(header(Framing::Abridged, 1, false), [10, 1, 3, 3]);
    assert_eq!(header(Framing::Abridged, 1, true), [0x8a, 1, 3, 3]);
    assert_eq!(header(Framing::Abridged, 30, false), [126, 1, 3, 3]);
    assert_eq!(header(Framing::Abridged, 31, false), [0x7f, 130, 0, 0]);
    assert_eq!(header(Framing::Abridged, 31, true), [0xff, 130, 0, 0]);
    assert_eq!(header(Framing::Intermediate, 1, false), [40, 0, 0, 0]);
    assert_eq!(header(Framing::Intermediate, 1, true), [40, 0, 0, 0x80]);
    assert_eq!(header(Framing::Full, 1, false), [52, 0, 0, 0]);
    assert!((40..=55).contains(&header(Framing::Padded, 1, false)[0]));
}

/// T3: an error code is alone in its frame; padding would hide it.
#[test]
fn error_codes_are_frames_of_four_bytes() {
    for (framing, is_obfuscated) in WAYS {
        let (mut client, mut server, mut wire) = connected(framing, is_obfuscated);
        server.encode_error(ERROR_KEY_NOT_FOUND, &mut wire);
        assert_eq!(payload(&mut client, &mut wire), ((-404_i32).to_le_bytes().to_vec(), false), "{framing:?}");
    }
}

/// Page "mtproto/mtproto-transports", "Quick ack".
#[test]
fn quick_acknowledgements_are_told_from_frames() {
    for (framing, is_obfuscated) in WAYS {
        let (mut client, mut server, mut wire) = connected(framing, is_obfuscated);
        let token = 0x8123_4567;
        let has_any = server.encode_quick_ack(token, &mut wire);
        assert_eq!(has_any, framing != Framing::Full);
        if has_any {
            server.encode(&message(1, 3), &mut SystemEntropy, &mut wire);
            assert_eq!(client.decode(&mut wire), Ok(Some(Frame::QuickAck(token))), "{framing:?}");
            payload(&mut client, &mut wire);
        }
    }
    let mut wire = BytesMut::new();
    connected(Framing::Abridged, false).1.encode_quick_ack(0x8123_4567, &mut wire);
    assert_eq!(wire[..], [0x81, 0x23, 0x45, 0x67]);
    wire.clear();
    connected(Framing::Padded, false).1.encode_quick_ack(0x8123_4567, &mut wire);
    assert_eq!(wire[..], [0x67, 0x45, 0x23, 0x81]);
}

#[track_caller]
fn assert_refused(framing: Framing, bytes: &[u8], expected: TransportError) {
    let (_, mut server, mut wire) = connected(framing, false);
    wire.extend_from_slice(bytes);
    assert_eq!(server.decode(&mut wire), Err(expected), "{framing:?} {bytes:?}");
}

/// T2: refused from the header alone, before anything is awaited.
#[test]
fn lengths_out_of_bounds_are_refused() {
    let too_long = FRAME_MAX_BYTES + 4;
    for got in [0, 4, 8, FRAME_MIN_BYTES - 4, too_long, 0x7fff_fffc] {
        let word = u32::try_from(got).expect("fits").to_le_bytes();
        assert_refused(Framing::Intermediate, &word, TransportError::Length { got });
    }
    for got in [25, 26, 27, 1001, FRAME_MAX_BYTES - 1] {
        let word = u32::try_from(got).expect("fits").to_le_bytes();
        assert_refused(Framing::Intermediate, &word, TransportError::Length { got });
    }
    for got in [0, 4, 23, FRAME_MAX_BYTES + FRAME_PADDING_MAX_BYTES + 1, 0x7fff_ffff] {
        let word = u32::try_from(got).expect("fits").to_le_bytes();
        assert_refused(Framing::Padded, &word, TransportError::Length { got });
    }
    for (header, got) in [
        (vec![0], 0),
        (vec![1], 4),
        (vec![5], 20),
        (vec![0x80], 0),
        (vec![0x7f, 0, 0, 0], 0),
        (vec![0x7f, 0xff, 0xff, 0xff], 0xff_ffff * 4),
        (vec![0xff, 0, 0, 0x80], 0x80_0000 * 4),
    ] {
        assert_refused(Framing::Abridged, &header, TransportError::Length { got });
    }
    for (whole, got) in [
        (0, 0),
        (11, 11),
        (12, 0),
        (16, 4),
        (35, 23),
        (37, 25),
        (too_long + 12, too_long),
        (usize::MAX >> 32, 0xffff_fff3),
    ] {
        let word = u32::try_from(whole).expect("fits").to_le_bytes();
        assert_refused(Framing::Full, &word, TransportError::Length { got });
    }
}

#[test]
fn the_longest_frame_is_accepted() {
    for framing in [Framing::Abridged, Framing::Intermediate, Framing::Padded, Framing::Full] {
        let (mut client, mut server, mut wire) = connected(framing, false);
        let longest = message((FRAME_MAX_BYTES - 24) / 16, 5);
        client.encode(&longest, &mut SystemEntropy, &mut wire);
        assert_eq!(payload(&mut server, &mut wire).0.len(), longest.len(), "{framing:?}");
    }
}

/// T2, full transport: numbers and checksums.
#[test]
fn numbers_and_checksums_of_the_full_transport_are_checked() {
    let mut frames = BytesMut::new();
    let (mut client, ..) = connected(Framing::Full, false);
    for fill in [1, 2, 3] {
        client.encode(&message(1, fill), &mut SystemEntropy, &mut frames);
    }
    let frame = |index: usize| frames[index * 52..(index + 1) * 52].to_vec();
    let refused = |parts: &[Vec<u8>]| {
        let (_, mut server, mut wire) = connected(Framing::Full, false);
        wire.extend_from_slice(&parts.concat());
        while let Some(_frame) = server.decode(&mut wire)? {}
        Ok::<_, TransportError>(())
    };
    assert_eq!(refused(&[frame(0), frame(1), frame(2)]), Ok(()));
    assert_eq!(refused(&[frame(1)]), Err(TransportError::Sequence { got: 1, expected: 0 }));
    assert_eq!(refused(&[frame(0), frame(0)]), Err(TransportError::Sequence { got: 0, expected: 1 }));
    assert_eq!(refused(&[frame(0), frame(2)]), Err(TransportError::Sequence { got: 2, expected: 1 }));
    for index in [8, 20, 47, 48, 51] {
        let mut changed = frame(0);
        changed[index] ^= 1;
        assert!(matches!(refused(&[changed]), Err(TransportError::Checksum { .. })), "{index}");
    }
}

/// What the padded transport added is cut off where the message inside tells; what does not fit is left as it is.
#[test]
fn padding_is_cut_by_what_the_message_says() {
    let cases = [
        (message(1, 3), 15, 40),
        (message(1, 3), 0, 40),
        (message(2, 3), 7, 56),
        (plain(20), 15, 40),
        (plain(20), 1, 40),
        (plain(4), 0, 24),
    ];
    for (bytes, added, expected) in cases {
        let (_, mut server, mut wire) = connected(Framing::Padded, false);
        wire.extend_from_slice(&u32::try_from(bytes.len() + added).expect("short").to_le_bytes());
        wire.extend_from_slice(&bytes);
        wire.extend_from_slice(&vec![0xcc; added]);
        assert_eq!(payload(&mut server, &mut wire).0, bytes[..expected]);
    }
    let mut lying = plain(20);
    lying[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    let (_, mut server, mut wire) = connected(Framing::Padded, false);
    wire.extend_from_slice(&40_u32.to_le_bytes());
    wire.extend_from_slice(&lying);
    assert_eq!(payload(&mut server, &mut wire).0, lying);
}

#[test]
fn padding_varies() {
    let (mut client, ..) = connected(Framing::Padded, false);
    let lengths: std::collections::BTreeSet<usize> = (0..400)
        .map(|_| {
            let mut wire = BytesMut::new();
            client.encode(&message(1, 3), &mut SystemEntropy, &mut wire);
            wire.len() - 44
        })
        .collect();
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), (0..=FRAME_PADDING_MAX_BYTES).collect::<Vec<_>>());
}

/// A connection that waits costs its state only.
#[test]
fn an_idle_codec_is_small() {
    assert!(size_of::<Codec>() <= 48, "{}", size_of::<Codec>());
    let (mut client, mut server, mut wire) = connected(Framing::Abridged, true);
    client.encode(&message(9, 3), &mut SystemEntropy, &mut wire);
    drop(payload(&mut server, &mut wire));
    assert!(wire.is_empty(), "nothing is kept back");
}

#[test]
#[should_panic(expected = "a frame holds what its header announces")]
fn a_frame_of_another_length_than_announced_is_a_bug() {
    let (_, mut server, mut wire) = connected(Framing::Abridged, false);
    let start = server.start_frame(40, &mut SystemEntropy, &mut wire);
    wire.extend_from_slice(&[0; 36]);
    server.finish_frame(start, &mut SystemEntropy, &mut wire);
}

proptest! {
    /// However a stream is cut into reads, the same frames come out.
    #[test]
    fn frames_survive_any_cutting(
        way in 0..WAYS.len(),
        sizes in proptest::collection::vec((1_usize..60, any::<bool>()), 1..12),
        cuts in proptest::collection::vec(1_usize..200, 1..200),
    ) {
        let (framing, is_obfuscated) = WAYS[way];
        let (mut client, mut server, mut wire) = connected(framing, is_obfuscated);
        for (blocks, marked) in &sizes {
            if *marked {
                client.encode_marked(&message(*blocks, 7), &mut SystemEntropy, &mut wire);
            } else {
                client.encode(&message(*blocks, 7), &mut SystemEntropy, &mut wire);
            }
        }
        let (mut buffer, mut received) = (BytesMut::new(), Vec::new());
        let mut cuts = cuts.iter().cycle();
        while !wire.is_empty() {
            let count = (*cuts.next().expect("a cycle")).min(wire.len());
            buffer.extend_from_slice(&wire.split_to(count));
            while let Some(frame) = server.decode(&mut buffer).expect("sound frames") {
                received.push(frame);
            }
        }
        let expected: Vec<Frame> = sizes
            .iter()
            .map(|(blocks, marked)| Frame::Payload {
                bytes: BytesMut::from(message(*blocks, 7).as_slice()),
                quick_ack: *marked && framing != Framing::Full,
            })
            .collect();
        prop_assert_eq!(received, expected);
    }

    /// Noise never does worse than an error, and never asks for more than a frame's length.
    #[test]
    fn noise_is_frames_or_an_error(way in 0..WAYS.len(), noise in proptest::collection::vec(any::<u8>(), 0..600)) {
        let (framing, is_obfuscated) = WAYS[way];
        let (_, mut server, mut wire) = connected(framing, is_obfuscated);
        wire.extend_from_slice(&noise);
        while let Ok(Some(_)) = server.decode(&mut wire) {}
        prop_assert!(wire.len() <= noise.len());
        let _ = detect(&noise, Surface::Socket);
    }
}
