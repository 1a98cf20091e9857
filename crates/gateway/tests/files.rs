//! Files over real sockets: a large one up and down by two connections of one key, and a client that asks far ahead.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::HashMap;

use common::{Client, Plain, Server, Stream, function};
use mtproto::session::schema::{RPC_ERROR, RPC_RESULT};
use mtproto::transport::Framing;
use mtproto::wire::constructor_of;
use tl::{Deserializable, Serializable, enums, functions, types};

const MIB: usize = 1024 * 1024;
/// Parts as large as they may be.
const PART_BYTES: usize = MIB / 2;

/// Bytes that do not repeat within the distances that matter.
fn file(length: usize) -> Vec<u8> {
    (0..length as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u8).collect()
}

/// Asks everything at once and gives the results in the order of the requests.
async fn ask_all<R: Deserializable>(client: &mut Client, requests: &[impl Serializable]) -> Vec<R> {
    let mut places = HashMap::new();
    for (place, request) in requests.iter().enumerate() {
        places.insert(client.request(&function(request)).await, place);
    }
    let mut results: Vec<Option<R>> = requests.iter().map(|_| None).collect();
    while results.iter().any(Option::is_none) {
        let got = client.receive_a(RPC_RESULT).await;
        let request = i64::from_le_bytes(*got.body[4..].first_chunk().unwrap());
        let Some(place) = places.get(&request) else { continue };
        assert_ne!(constructor_of(&got.body[12..]), RPC_ERROR, "{}", String::from_utf8_lossy(&got.body[12..]));
        results[*place] = Some(R::from_bytes(&got.body[12..]).unwrap());
    }
    results.into_iter().flatten().collect()
}

async fn another_connection(server: &Server, client: &Client) -> Client {
    let plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Abridged, true).await;
    Client::with_key(plain, client.key.clone(), client.salt)
}

fn parts(file: &[u8]) -> Vec<functions::upload::SaveBigFilePart> {
    let count = file.len().div_ceil(PART_BYTES) as i32;
    let part = |(number, bytes): (usize, &[u8])| functions::upload::SaveBigFilePart {
        file_id: 7,
        file_part: number as i32,
        file_total_parts: count,
        bytes: bytes.to_vec(),
    };
    file.chunks(PART_BYTES).enumerate().map(part).collect()
}

async fn document(client: &mut Client, parts: i32) -> types::Document {
    let media = types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file: types::InputFileBig { id: 7, parts, name: "gong".to_owned() }.into(),
        thumb: None,
        mime_type: "application/octet-stream".to_owned(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    };
    let peer = enums::InputPeer::PeerSelf;
    let request = functions::messages::UploadMedia { business_connection_id: None, peer, media: media.into() };
    let enums::MessageMedia::Document(media) = client.call(&request).await else { panic!("a document") };
    let Some(enums::Document::Document(document)) = media.document else { panic!("a document") };
    document
}

fn pieces(document: &types::Document) -> Vec<functions::upload::GetFile> {
    let piece = |offset: i64| {
        let location = types::InputDocumentFileLocation {
            id: document.id,
            access_hash: document.access_hash,
            file_reference: document.file_reference.clone(),
            thumb_size: String::new(),
        };
        let location = location.into();
        functions::upload::GetFile { precise: false, cdn_supported: false, location, offset, limit: MIB as i32 }
    };
    (0..document.size).step_by(MIB).map(piece).collect()
}

/// Forty pieces of a mebibyte are asked for before the first is read: five times what a slow reader may leave lying. They
/// all come, none is refused, and nobody is cut off.
#[tokio::test(flavor = "multi_thread")]
async fn forty_mebibytes_go_up_and_come_back() {
    let server = Server::start().await;
    let mut ani = Client::sign_in(&server, "6281100001").await;
    let mut other = another_connection(&server, &ani).await;
    let file = file(40 * MIB - 123);
    let parts = parts(&file);
    let count = parts.len() as i32;
    let (back, front): (Vec<_>, Vec<_>) = parts.into_iter().rev().partition(|part| part.file_part % 2 == 1);
    for (mine, theirs) in front.chunks(16).zip(back.chunks(16)) {
        let saved = tokio::join!(ask_all::<bool>(&mut ani, mine), ask_all::<bool>(&mut other, theirs));
        assert!(saved.0.into_iter().chain(saved.1).all(|saved| saved));
    }
    let document = document(&mut ani, count).await;
    assert_eq!(document.size as usize, file.len());
    let read: Vec<enums::upload::File> = ask_all(&mut other, &pieces(&document)).await;
    let bytes = |piece| match piece {
        enums::upload::File::File(piece) => piece.bytes,
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    };
    let read: Vec<u8> = read.into_iter().flat_map(bytes).collect();
    assert!(read == file, "{} bytes came back, not the same", read.len());
    ani.ping().await;
    other.ping().await;
}

/// A client that acknowledges late gets hundreds of small files all the same, each asked for with the greatest limit.
#[tokio::test(flavor = "multi_thread")]
async fn small_files_need_no_acknowledgement() {
    let server = Server::start().await;
    let mut ani = Client::sign_in(&server, "6281100001").await;
    let file = file(3000);
    assert!(ask_all::<bool>(&mut ani, &parts(&file)).await[0]);
    let document = document(&mut ani, 1).await;
    let piece = pieces(&document).remove(0);
    let asked: Vec<_> = (0..300).map(|_| piece.clone()).collect();
    let began = tokio::time::Instant::now();
    let read: Vec<enums::upload::File> = ask_all(&mut ani, &asked).await;
    assert!(began.elapsed() < common::PATIENCE / 2, "nobody waited for room");
    assert!(read.into_iter().all(|piece| matches!(piece, enums::upload::File::File(piece) if piece.bytes == file)));
}
