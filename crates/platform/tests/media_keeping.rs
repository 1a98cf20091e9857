//! Media: made, read, held, let go and removed; and what a crash between bytes and record leaves.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use bytes::Bytes;
use common::{Letterbox, Server, refusal};
use platform::limits::PROFILE_PHOTOS_MAX;
use platform::limits::media::PARTS_MAX;
use platform::media::references::{self, LIVE};
use platform::media::{FileSource, Holder, MediumId, MediumKind, NewMedium, PartOf, Photo, UploadedFile, Variant};
use platform::people::photos::PhotoSlot;
use platform::settings::MediaSettings;
use platform::{MsgId, Refusal, Settings, UserId};
use store::{Batch, Class, Faults, Store, StoreError};

const KIB: usize = 1024;
const DAY_SECONDS: i64 = 24 * 3600;

fn bytes(length: usize, seed: u8) -> Bytes {
    (0..length).map(|at| ((at / 7) as u8).wrapping_mul(31).wrapping_add(seed)).collect::<Vec<_>>().into()
}

async fn start() -> (Server, UserId) {
    start_on(Store::memory(), MediaSettings::default()).await
}

async fn start_on(store: Store, media: MediaSettings) -> (Server, UserId) {
    let settings = Settings { media, ..Settings::default() };
    let server = Server::start_with(store, settings, Letterbox::default()).await;
    let (user, _) = server.sign_up(1, "6281100001", "Ani").await;
    (server, user)
}

/// Uploads a file of 4 KiB parts and what is left.
async fn upload(server: &Server, user: UserId, file_id: i64, file: &Bytes) -> UploadedFile {
    let parts = file.chunks(4 * KIB).count();
    for (part, piece) in file.chunks(4 * KIB).enumerate() {
        let bytes = Bytes::copy_from_slice(piece);
        let part = PartOf { file_id, part: part as i32, total: Some(parts as i32), bytes };
        server.platform.save_part(user, part).await.unwrap();
    }
    UploadedFile { file_id, parts: parts as u32, md5: None, big: true }
}

fn document(file: UploadedFile, preview: Option<Bytes>) -> NewMedium {
    let original = (Variant::Original, FileSource::Upload(file));
    let preview = preview.map(|bytes| (Variant::Size(b'm'), FileSource::Bytes(bytes)));
    NewMedium {
        kind: MediumKind::Document,
        mime: "application/x-gamelan".into(),
        files: [Some(original), preview].into_iter().flatten().collect(),
        description: Vec::new(),
    }
}

async fn hold(server: &Server, medium: MediumId, holder: Holder) -> Result<(), StoreError> {
    let mut batch = Batch::new(Class::C1);
    references::add(&mut batch, medium, LIVE, holder);
    server.store.commit(batch).await
}

async fn let_go(server: &Server, medium: MediumId, holder: Holder) {
    let mut batch = Batch::new(Class::C1);
    references::remove(&server.platform, &mut batch, medium, holder);
    server.store.commit(batch).await.unwrap();
}

/// Time passes, and the collector comes.
async fn pass(server: &Server, seconds: i64) -> usize {
    server.story.pass_seconds(seconds);
    server.platform.collect_media(usize::MAX).await.unwrap().media
}

async fn objects(server: &Server) -> usize {
    let mut count = 0;
    for folder in server.blobs.folders().await.unwrap() {
        count += server.blobs.list(folder).await.unwrap().len();
    }
    count
}

#[tokio::test]
async fn a_file_is_read_in_pieces_across_its_parts() {
    let (mut server, user) = start().await;
    let file = bytes(10 * KIB + 5, 3);
    let uploaded = upload(&server, user, 7, &file).await;
    let id = server.platform.create_medium(user, document(uploaded, Some(bytes(99, 1)))).await.unwrap();
    for _ in 0..2 {
        for (offset, limit) in [(0, 1), (0, 4096), (4095, 2), (1, 10_000), (8192, 5000), (10_244, 1), (0, u32::MAX)] {
            let chunk = server.platform.read_medium(id, Variant::Original, offset, limit).await.unwrap();
            let end = file.len().min(offset as usize + limit as usize);
            assert_eq!(chunk.bytes, file.slice(offset as usize..end));
            assert_eq!((chunk.size, chunk.mime.as_str()), (file.len() as u64, "application/x-gamelan"));
        }
        for offset in [file.len() as u64, u64::MAX] {
            assert!(server.platform.read_medium(id, Variant::Original, offset, 10).await.unwrap().bytes.is_empty());
        }
        assert_eq!(server.platform.medium_bytes(id, Variant::Size(b'm'), 99).await.unwrap(), bytes(99, 1));
        assert_eq!(refusal(server.platform.medium_bytes(id, Variant::Size(b'm'), 98).await), Refusal::FileTooBig);
        let absent = server.platform.read_medium(id, Variant::Size(b'x'), 0, 10).await;
        assert_eq!(refusal(absent), Refusal::LocationInvalid);
        server.restart().await;
    }
}

#[tokio::test]
async fn a_medium_stays_while_somebody_holds_it() {
    let (server, user) = start().await;
    let uploaded = upload(&server, user, 7, &bytes(5 * KIB, 3)).await;
    let id = server.platform.create_medium(user, document(uploaded, Some(bytes(99, 1)))).await.unwrap();
    let (mine, theirs) = (Holder::Message(user, MsgId(1)), Holder::Message(UserId(5), MsgId(9)));
    hold(&server, id, mine).await.unwrap();
    hold(&server, id, theirs).await.unwrap();
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 0);
    let_go(&server, id, mine).await;
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 0);
    let_go(&server, id, theirs).await;
    assert_eq!(pass(&server, DAY_SECONDS - 1200).await, 0, "the grace holds");
    assert!(server.platform.medium(id).await.unwrap().is_some());
    assert_eq!(server.platform.stored_bytes(user).await.unwrap(), 5 * 1024 + 99);
    assert_eq!(pass(&server, 3600).await, 1);
    assert_eq!(server.platform.medium(id).await.unwrap(), None);
    assert_eq!(refusal(server.platform.read_medium(id, Variant::Original, 0, 1).await), Refusal::LocationInvalid);
    assert_eq!((objects(&server).await, server.platform.stored_bytes(user).await.unwrap()), (0, 0));
    assert!(matches!(hold(&server, id, mine).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn what_nobody_ever_holds_goes_after_the_grace() {
    let (server, user) = start().await;
    let uploaded = upload(&server, user, 7, &bytes(5 * KIB, 3)).await;
    server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    assert_eq!(pass(&server, DAY_SECONDS - 1200).await, 0);
    assert_eq!(pass(&server, 2400).await, 1);
    assert_eq!(objects(&server).await, 0);
}

/// A client may send one upload twice: each medium stands by itself.
#[tokio::test]
async fn an_upload_that_became_a_medium_can_be_used_again() {
    let (mut server, user) = start().await;
    let file = bytes(9 * KIB, 3);
    let uploaded = upload(&server, user, 7, &file).await;
    let first = server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    server.restart().await;
    let second = server.platform.create_medium(user, document(uploaded, Some(bytes(9, 9)))).await.unwrap();
    hold(&server, second, Holder::Profile(user)).await.unwrap();
    assert_eq!(pass(&server, 2 * DAY_SECONDS).await, 1);
    assert_eq!(server.platform.medium(first).await.unwrap(), None);
    assert_eq!(server.platform.medium_bytes(second, Variant::Original, u64::MAX).await.unwrap(), file);
    let third = server.platform.create_medium(user, document(uploaded, None)).await;
    assert_eq!(refusal(third), Refusal::FilePartMissing(0));
}

/// The number of an upload that became a medium can be used for another file; the medium does not change.
#[tokio::test]
async fn a_later_part_does_not_change_what_was_sent() {
    let (server, user) = start().await;
    let file = bytes(9 * KIB, 3);
    let uploaded = upload(&server, user, 7, &file).await;
    let medium = server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    let other = bytes(9 * KIB, 8);
    upload(&server, user, 7, &other).await;
    let read = async |medium| server.platform.medium_bytes(medium, Variant::Original, u64::MAX).await.unwrap();
    assert_eq!(read(medium).await, file);
    let next = server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    assert_eq!((read(medium).await, read(next).await), (file, other));
}

#[tokio::test]
async fn two_media_of_one_upload_at_once_do_not_share_it() {
    let (server, user) = start().await;
    let file = bytes(9 * KIB, 3);
    let uploaded = upload(&server, user, 7, &file).await;
    let make = || server.platform.create_medium(user, document(uploaded, None));
    let (one, other) = tokio::join!(make(), make());
    let made: Vec<MediumId> = [one, other].into_iter().filter_map(Result::ok).collect();
    assert!(!made.is_empty());
    hold(&server, *made.last().unwrap(), Holder::Profile(user)).await.unwrap();
    pass(&server, 2 * DAY_SECONDS).await;
    let kept = server.platform.medium_bytes(*made.last().unwrap(), Variant::Original, u64::MAX).await.unwrap();
    assert_eq!(kept, file);
}

#[tokio::test]
async fn senseless_media_are_refused() {
    let (server, user) = start().await;
    let uploaded = upload(&server, user, 7, &bytes(100, 3)).await;
    let made = |letter| (Variant::Size(letter), FileSource::Bytes(bytes(9, 1)));
    let all = [
        Vec::new(),
        vec![made(b'm'), made(b'm')],
        vec![made(b'/')],
        vec![(Variant::Original, FileSource::Upload(uploaded)), (Variant::Size(b'm'), FileSource::Upload(uploaded))],
        (b'a'..=b'z').map(made).collect(),
    ];
    for files in all {
        let new = NewMedium { kind: MediumKind::Photo, mime: "image/jpeg".into(), files, description: Vec::new() };
        assert_eq!(refusal(server.platform.create_medium(user, new).await), Refusal::MediaInvalid);
    }
    assert_eq!(objects(&server).await, 1);
}

/// Whichever write of the making fails, and whether or not it was written all the same: nothing stays that is never
/// looked at again, and the count is right.
#[tokio::test]
async fn a_crash_anywhere_leaves_only_what_is_collected() {
    for nth in 1..=2 {
        for is_written in [None, Some(false), Some(true)] {
            let faults = Faults::none();
            let store = Store::memory_with(faults.clone());
            let (mut server, user) = start_on(store, MediaSettings::default()).await;
            let uploaded = upload(&server, user, 7, &bytes(5 * KIB, 3)).await;
            match is_written {
                None => faults.fail_nth(nth),
                Some(is_written) => faults.unknown_nth(nth, is_written),
            }
            let made = server.platform.create_medium(user, document(uploaded, Some(bytes(99, 1)))).await;
            assert!(made.is_err(), "{nth} {is_written:?}: two batches are written");
            server.restart().await;
            pass(&server, 2 * DAY_SECONDS).await;
            pass(&server, 2 * DAY_SECONDS).await;
            assert_eq!(objects(&server).await, 0, "{nth} {is_written:?}");
            assert_eq!(server.platform.stored_bytes(user).await.unwrap(), 0, "{nth} {is_written:?}");
        }
    }
}

/// Whichever write of a removal fails: the next round ends it.
#[tokio::test]
async fn a_removal_that_is_interrupted_goes_on() {
    for nth in 1..=6 {
        let faults = Faults::none();
        let (mut server, user) = start_on(Store::memory_with(faults.clone()), MediaSettings::default()).await;
        let uploaded = upload(&server, user, 7, &bytes(5 * KIB, 3)).await;
        upload(&server, user, 8, &bytes(5 * KIB, 3)).await;
        server.platform.create_medium(user, document(uploaded, Some(bytes(99, 1)))).await.unwrap();
        server.story.pass_seconds(2 * DAY_SECONDS);
        faults.fail_nth(nth);
        let _ = server.platform.collect_media(usize::MAX).await;
        server.restart().await;
        pass(&server, DAY_SECONDS).await;
        assert_eq!(objects(&server).await, 0, "{nth}");
        assert_eq!(server.platform.stored_bytes(user).await.unwrap(), 0, "{nth}");
    }
}

#[tokio::test]
async fn the_quota_is_given_back() {
    let media = MediaSettings { quota_bytes: Some(100 * 1024), ..MediaSettings::default() };
    let (server, user) = start_on(Store::memory(), media).await;
    let uploaded = upload(&server, user, 7, &bytes(8 * KIB, 3)).await;
    let id = server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    let made = |length| NewMedium {
        kind: MediumKind::Photo,
        mime: "image/jpeg".into(),
        files: vec![(Variant::Size(b'x'), FileSource::Bytes(bytes(length, 1)))],
        description: Vec::new(),
    };
    assert_eq!(refusal(server.platform.create_medium(user, made(93 * KIB)).await), Refusal::StorageQuotaExceeded);
    server.platform.create_medium(user, made(92 * KIB)).await.unwrap();
    let part = PartOf { file_id: 9, part: 0, total: None, bytes: bytes(1, 1) };
    assert_eq!(refusal(server.platform.save_part(user, part.clone()).await), Refusal::StorageQuotaExceeded);
    assert_eq!(pass(&server, 2 * DAY_SECONDS).await, 2);
    assert_eq!(server.platform.medium(id).await.unwrap(), None);
    server.platform.save_part(user, part).await.unwrap();
}

#[tokio::test]
async fn a_round_has_its_limit() {
    let (server, user) = start().await;
    for file_id in 0..5 {
        let uploaded = upload(&server, user, file_id, &bytes(100, 3)).await;
        server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    }
    server.story.pass_seconds(2 * DAY_SECONDS);
    let mut rounds = 0;
    while server.platform.collect_media(2).await.unwrap().is_more_due {
        rounds += 1;
    }
    assert!(rounds >= 5, "{rounds}: five media and five uploads, two a round");
    assert_eq!(objects(&server).await, 0);
}

#[tokio::test]
async fn file_references_are_for_one_person_and_one_medium_and_a_while() {
    let (server, ani) = start().await;
    let (budi, medium, other) = (UserId(ani.0 + 1), MediumId(7), MediumId(8));
    let platform = &server.platform;
    let reference = platform.file_reference(ani, medium);
    assert_eq!(platform.check_file_reference(ani, medium, &reference), Ok(()));
    assert_eq!(platform.check_file_reference(budi, medium, &reference), Err(Refusal::FileReferenceInvalid));
    assert_eq!(platform.check_file_reference(ani, other, &reference), Err(Refusal::FileReferenceInvalid));
    assert_eq!(platform.check_file_reference(ani, medium, &[]), Err(Refusal::FileReferenceEmpty));
    for position in 0..reference.len() {
        let mut forged = reference.clone();
        forged[position] ^= 1;
        assert_eq!(platform.check_file_reference(ani, medium, &forged), Err(Refusal::FileReferenceInvalid));
    }
    assert_eq!(platform.check_file_reference(ani, medium, &reference[1..]), Err(Refusal::FileReferenceInvalid));
    server.story.pass_seconds(DAY_SECONDS);
    assert_eq!(platform.check_file_reference(ani, medium, &reference), Ok(()));
    server.story.pass_seconds(3600);
    assert_eq!(platform.check_file_reference(ani, medium, &reference), Err(Refusal::FileReferenceExpired));
    let fresh = platform.file_reference(ani, medium);
    assert_eq!(platform.check_file_reference(ani, medium, &fresh), Ok(()));
    assert_ne!(platform.medium_access_hash(ani, medium), platform.medium_access_hash(budi, medium));
}

/// The sizes of a profile photo, as if they had been made of an upload.
async fn photo(server: &Server, user: UserId, seed: u8) -> Photo {
    let new = NewMedium {
        kind: MediumKind::Photo,
        mime: "image/jpeg".into(),
        files: vec![(Variant::Size(b'c'), FileSource::Bytes(bytes(KIB, seed)))],
        description: Vec::new(),
    };
    let id = server.platform.create_medium(user, new).await.unwrap();
    Photo { id, date: server.platform.now(), sizes: Vec::new(), stripped: None }
}

#[tokio::test]
async fn a_profile_holds_its_photos_until_it_is_deleted() {
    let (server, user) = start().await;
    let (first, second) = (photo(&server, user, 1).await, photo(&server, user, 2).await);
    for shown in [&first, &second, &first] {
        server.platform.show_photo(user, shown, PhotoSlot::Main, None).await.unwrap();
    }
    server.platform.show_photo(user, &second, PhotoSlot::Fallback, None).await.unwrap();
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 0);
    server.platform.hide_photo(user, PhotoSlot::Main, None).await.unwrap();
    let person = server.platform.person(user).await.unwrap().unwrap();
    assert_eq!(person.photos(), [second.id]);
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 1);
    server.platform.delete_account(user).await.unwrap();
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 1);
    assert_eq!((objects(&server).await, server.platform.stored_bytes(user).await.unwrap()), (0, 0));
    let gone = server.platform.show_photo(user, &first, PhotoSlot::Main, None).await;
    assert_eq!(refusal(gone), Refusal::PhotoIdInvalid);
}

#[tokio::test]
async fn a_profile_keeps_so_many_photos() {
    let (server, user) = start().await;
    let mut shown = Vec::new();
    for number in 0..PROFILE_PHOTOS_MAX + 3 {
        let photo = photo(&server, user, number as u8).await;
        server.platform.show_photo(user, &photo, PhotoSlot::Main, None).await.unwrap();
        shown.push(photo.id);
    }
    let person = server.platform.person(user).await.unwrap().unwrap();
    let latest: Vec<MediumId> = shown.iter().rev().take(PROFILE_PHOTOS_MAX).copied().collect();
    assert_eq!(person.photos(), latest);
    assert_eq!(pass(&server, 3 * DAY_SECONDS).await, 3);
}

/// As many parts as there may be: with the largest ones this is a file of 4,000 MiB.
#[tokio::test]
async fn eight_thousand_parts_are_one_file() {
    let (mut server, user) = start().await;
    let part = |number: u32| bytes(KIB, number as u8);
    for number in 0..PARTS_MAX {
        let (part, total) = (part(number), Some(PARTS_MAX as i32));
        let part = PartOf { file_id: 7, part: number as i32, total, bytes: part };
        server.platform.save_part(user, part).await.unwrap();
    }
    server.restart().await;
    let uploaded = UploadedFile { file_id: 7, parts: PARTS_MAX, md5: None, big: true };
    let id = server.platform.create_medium(user, document(uploaded, None)).await.unwrap();
    let last = server.platform.read_medium(id, Variant::Original, u64::from(PARTS_MAX - 1) * 1024, 4096).await.unwrap();
    assert_eq!((last.bytes, last.size), (part(PARTS_MAX - 1), u64::from(PARTS_MAX) * 1024));
    assert_eq!(pass(&server, 2 * DAY_SECONDS).await, 1);
    assert_eq!(objects(&server).await, 0);
}
