//! The Nth call of the media storage fails, for every N of a story with uploads, messages, downloads and clearing up: whoever
//! asked is told to try again, a second try does it, nothing that a message holds is lost, and nothing is left behind.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use blobs::{Blobs, Fault, Faults};
use bytes::Bytes;
use common::Server;
use platform::mailbox::{Flags, Media};
use platform::media::{NewDocument, PartOf, UploadedFile, Variant};
use platform::messages::Outgoing;
use platform::{Actor, MsgId, Platform, PlatformError, Refusal};

/// 48 x 30 pixels.
const PNG: &[u8] = include_bytes!("../../../fuzz/corpus/pictures/png");
const DAYS: i64 = 3 * 24 * 3_600;
/// Most tries of one thing: one fails at most.
const TRIES: usize = 2;

/// Tries again once, when told to.
async fn insist<T>(mut attempt: impl AsyncFnMut() -> Result<T, PlatformError>) -> T {
    for _ in 1..TRIES {
        match attempt().await {
            Ok(done) => return done,
            Err(PlatformError::Blobs(error)) => assert!(!error.is_damage(), "trouble, not damage: {error}"),
            Err(PlatformError::Refused(Refusal::FloodWait(_))) => {}
            Err(error) => panic!("not to be tried again: {error}"),
        }
    }
    attempt().await.unwrap()
}

fn part(file_id: i64, part: i32, bytes: Bytes) -> PartOf {
    PartOf { file_id, part, total: None, bytes }
}

fn file(file_id: i64, parts: u32) -> UploadedFile {
    UploadedFile { file_id, parts, md5: None, big: false }
}

fn long() -> Bytes {
    (0..520 * 1024_u32).map(|number| (number / 1_000) as u8).collect()
}

async fn send(platform: &Platform, from: Actor, to: Actor, media: Media, random_id: i64) -> MsgId {
    let outgoing = Outgoing {
        peer: to.user.into(),
        text: "look".to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: Some(media),
        clear_draft: false,
    };
    insist(async || platform.send_message(from, outgoing.clone()).await).await.message.id
}

/// A document of two parts twice (its parts are copied for the second), and a photo; all sent, read, deleted, cleared up.
async fn story(server: &Server, ayu: Actor, budi: Actor) {
    let platform = &server.platform;
    let bytes = long();
    for (number, piece) in [bytes.slice(..512 * 1024), bytes.slice(512 * 1024..)].into_iter().enumerate() {
        insist(async || platform.save_part(ayu.user, part(7, number as i32, piece.clone())).await).await;
    }
    insist(async || platform.save_part(ayu.user, part(8, 0, Bytes::from_static(PNG))).await).await;
    let new = NewDocument {
        file: file(7, 2),
        thumb: None,
        mime: "application/zip".to_owned(),
        attributes: Vec::new(),
        is_plain_file: true,
        is_silent_video: false,
    };
    let first = insist(async || platform.create_document(ayu.user, new.clone()).await).await;
    let second = insist(async || platform.create_document(ayu.user, new.clone()).await).await;
    let photo = insist(async || platform.create_photo(ayu.user, &file(8, 1)).await).await;
    let media = [
        Media::Document { document: first.clone(), spoiler: false },
        Media::Document { document: second.clone(), spoiler: false },
        Media::Photo { photo: photo.clone(), spoiler: false },
    ];
    let mut sent = Vec::new();
    for (number, media) in media.into_iter().enumerate() {
        sent.push(send(platform, ayu, budi, media, number as i64 + 1).await);
    }
    for document in [&first, &second] {
        let read = insist(async || platform.medium_bytes(document.id, Variant::Original, 1 << 20).await).await;
        assert_eq!(read, bytes);
    }
    for size in &photo.sizes {
        let read = insist(async || platform.read_medium(photo.id, Variant::Size(size.letter), 0, 1 << 20).await).await;
        assert_eq!(read.bytes.len(), size.bytes as usize);
    }
    clear_up(server).await;
    assert_eq!(insist(async || platform.medium_bytes(first.id, Variant::Original, 1 << 20).await).await, bytes);
    insist(async || platform.delete_messages(ayu, &sent, true).await.map(|_| ())).await;
    clear_up(server).await;
}

/// Time passes, and the collector comes as often as it is sent for.
async fn clear_up(server: &Server) {
    for _ in 0..3 {
        server.story.pass_seconds(DAYS);
        insist(async || server.platform.collect_media(usize::MAX).await.map(|_| ())).await;
    }
}

/// How many calls the story takes when one of them fails (none, with 0).
async fn played(nth: u64, fault: Fault) -> u64 {
    let faults = Arc::new(Faults::default());
    let mut server = Server::start().await;
    server.blobs = Blobs::memory_with(faults.clone());
    server.restart().await;
    let (ayu, ayus) = server.sign_up(1, "15550001", "Ayu").await;
    let (budi, budis) = server.sign_up(2, "15550002", "Budi").await;
    let ayu = Actor { user: ayu, device: Some(ayus.id) };
    let budi = Actor { user: budi, device: Some(budis.id) };
    if nth > 0 {
        faults.fail_nth(nth, fault);
    }
    story(&server, ayu, budi).await;
    let calls = faults.calls();
    let left = server.blobs.folders().await.unwrap();
    assert!(left.is_empty(), "call {nth} {fault:?}: folders are left: {left:?}");
    assert_eq!(server.platform.stored_bytes(ayu.user).await.unwrap(), 0, "call {nth} {fault:?}");
    calls
}

#[tokio::test]
async fn whichever_call_fails_nothing_is_lost_or_left() {
    let calls = played(0, Fault::Refused).await;
    assert!(calls > 25, "{calls} calls");
    for fault in [Fault::Refused, Fault::Lost] {
        for nth in 1..=calls {
            played(nth, fault).await;
        }
    }
}
