//! Uploads: parts in every order, lies about them, bounds, restarts, and what becomes of those nobody finishes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use blobs::Folder;
use bytes::Bytes;
use common::{Letterbox, Server, refusal};
use platform::limits::media::{PARTS_MAX, UPLOADS_MAX};
use platform::media::{FileSource, MediumKind, NewMedium, PartOf, UploadedFile, Variant};
use platform::settings::MediaSettings;
use platform::{PlatformError, Refusal, Settings, UserId};
use store::Store;

const KIB: usize = 1024;

fn bytes(length: usize, seed: u8) -> Bytes {
    (0..length).map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed)).collect::<Vec<_>>().into()
}

struct Uploader<'a> {
    server: &'a Server,
    user: UserId,
}

impl Uploader<'_> {
    async fn small(&self, file_id: i64, part: i32, bytes: Bytes) -> Result<(), PlatformError> {
        self.server.platform.save_part(self.user, PartOf { file_id, part, total: None, bytes }).await
    }

    async fn big(&self, file_id: i64, (part, total): (i32, i32), bytes: Bytes) -> Result<(), PlatformError> {
        self.server.platform.save_part(self.user, PartOf { file_id, part, total: Some(total), bytes }).await
    }

    async fn whole(&self, file: UploadedFile) -> Result<Bytes, PlatformError> {
        self.server.platform.upload_bytes(self.user, &file, u64::MAX).await
    }
}

fn small(file_id: i64, parts: u32) -> UploadedFile {
    UploadedFile { file_id, parts, md5: None, big: false }
}

fn big(file_id: i64, parts: u32) -> UploadedFile {
    UploadedFile { file_id, parts, md5: None, big: true }
}

fn joined(parts: &[Bytes]) -> Bytes {
    parts.concat().into()
}

async fn start_with(media: MediaSettings) -> (Server, UserId) {
    let settings = Settings { media, ..Settings::default() };
    let server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
    let (user, _) = server.sign_up(1, "6281100001", "Ani").await;
    (server, user)
}

async fn start() -> (Server, UserId) {
    start_with(MediaSettings::default()).await
}

#[tokio::test]
async fn parts_come_in_any_order_and_again() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    let parts = [bytes(128 * KIB, 1), bytes(128 * KIB, 2), bytes(777, 3)];
    ani.small(7, 2, parts[2].clone()).await.unwrap();
    ani.small(7, 0, bytes(128 * KIB, 9)).await.unwrap();
    assert_eq!(refusal(ani.whole(small(7, 3)).await), Refusal::FilePartMissing(1));
    ani.small(7, 1, parts[1].clone()).await.unwrap();
    ani.small(7, 0, parts[0].clone()).await.unwrap();
    assert_eq!(server.platform.upload_size(user, &small(7, 3)).await.unwrap(), 256 * 1024 + 777);
    assert_eq!(ani.whole(small(7, 3)).await.unwrap(), joined(&parts));
}

#[tokio::test]
async fn a_restart_in_the_middle_loses_nothing() {
    let (mut server, user) = start().await;
    let parts = [bytes(4 * KIB, 1), bytes(4 * KIB, 2), bytes(5, 3)];
    {
        let ani = Uploader { server: &server, user };
        ani.big(7, (0, 3), parts[0].clone()).await.unwrap();
        ani.big(7, (2, 3), parts[2].clone()).await.unwrap();
    }
    server.restart().await;
    let ani = Uploader { server: &server, user };
    assert_eq!(refusal(ani.whole(big(7, 3)).await), Refusal::FilePartMissing(1));
    assert_eq!(refusal(ani.big(7, (1, 4), parts[1].clone()).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.big(7, (1, 3), bytes(2 * KIB, 1)).await), Refusal::FilePartSizeChanged);
    ani.big(7, (1, 3), parts[1].clone()).await.unwrap();
    assert_eq!(ani.whole(big(7, 3)).await.unwrap(), joined(&parts));
}

#[tokio::test]
async fn lies_are_told_apart() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    let part = || bytes(KIB, 1);
    assert_eq!(refusal(ani.small(1, -1, part()).await), Refusal::FilePartInvalid);
    assert_eq!(refusal(ani.small(1, PARTS_MAX as i32, part()).await), Refusal::FilePartInvalid);
    assert_eq!(refusal(ani.small(1, 0, Bytes::new()).await), Refusal::FilePartEmpty);
    assert_eq!(refusal(ani.small(1, 0, bytes(512 * KIB + 1, 0)).await), Refusal::FilePartTooBig);
    assert_eq!(refusal(ani.big(1, (0, 0), part()).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.big(1, (0, -2), part()).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.big(1, (0, PARTS_MAX as i32 + 1), part()).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.big(1, (3, 3), part()).await), Refusal::FilePartInvalid);
    assert_eq!(refusal(ani.big(1, (0, 3), bytes(KIB + 1, 0)).await), Refusal::FilePartSizeInvalid);
    assert_eq!(refusal(ani.big(1, (0, 3), bytes(3 * KIB, 0)).await), Refusal::FilePartSizeInvalid);
    // A small file is one of 10 MiB at most, by whatever part that would show.
    ani.small(2, 0, bytes(512 * KIB, 0)).await.unwrap();
    ani.small(2, 19, bytes(512 * KIB, 0)).await.unwrap();
    assert_eq!(refusal(ani.small(2, 20, part()).await), Refusal::FilePartInvalid);
    // What was uploaded one way is not found the other way, nor by somebody else, nor with other counts.
    ani.small(3, 0, part()).await.unwrap();
    ani.small(3, 1, part()).await.unwrap();
    assert_eq!(refusal(ani.whole(big(3, 2)).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.big(3, (0, 2), part()).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.whole(small(3, 1)).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.whole(small(3, 0)).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.whole(small(3, u32::MAX)).await), Refusal::FilePartsInvalid);
    assert_eq!(refusal(ani.whole(small(4, 1)).await), Refusal::FilePartMissing(0));
    let budi = Uploader { server: &server, user: UserId(user.0 + 1) };
    assert_eq!(refusal(budi.whole(small(3, 2)).await), Refusal::FilePartMissing(0));
    let too_large = server.platform.upload_bytes(user, &small(3, 2), 2047).await;
    assert_eq!(refusal(too_large), Refusal::FileTooBig);
}

#[tokio::test]
async fn a_streamed_file_says_its_length_at_the_end() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    for part in 0..3 {
        ani.big(7, (part, -1), bytes(2 * KIB, part as u8)).await.unwrap();
    }
    ani.big(7, (3, 4), bytes(9, 9)).await.unwrap();
    assert_eq!(refusal(ani.whole(big(7, 3)).await), Refusal::FilePartsInvalid);
    assert_eq!(ani.whole(big(7, 4)).await.unwrap().len(), 6 * KIB + 9);
}

#[tokio::test]
async fn a_wrong_checksum_is_refused() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    let part = bytes(3000, 4);
    ani.small(7, 0, part.clone()).await.unwrap();
    let with = |md5| UploadedFile { md5: Some(md5), ..small(7, 1) };
    assert_eq!(refusal(ani.whole(with([0; 16])).await), Refusal::Md5ChecksumInvalid);
    let document = |file| NewMedium {
        kind: MediumKind::Document,
        mime: "text/plain".into(),
        files: vec![(Variant::Original, FileSource::Upload(file))],
        description: Vec::new(),
    };
    let refused = server.platform.create_medium(user, document(with([0; 16]))).await;
    assert_eq!(refusal(refused), Refusal::Md5ChecksumInvalid);
    let right = crypto::md5(&[&part]);
    assert_eq!(ani.whole(with(right)).await.unwrap(), part);
    server.platform.create_medium(user, document(with(right))).await.unwrap();
}

/// Ten thousand uploads that nobody finishes: the first ones are kept, the others are told to wait, and once they have
/// rested long enough all are gone.
#[tokio::test]
async fn unfinished_uploads_have_a_bound_and_an_end() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    for file_id in 0..10_000 {
        let kept = ani.small(file_id, 0, bytes(KIB, 0)).await;
        if (file_id as usize) < UPLOADS_MAX {
            kept.unwrap();
        } else {
            assert!(matches!(refusal(kept), Refusal::FloodWait(_)));
        }
    }
    assert_eq!(objects(&server).await, UPLOADS_MAX);
    server.story.pass_seconds(25 * 3600);
    let collected = server.platform.collect_media(usize::MAX).await.unwrap();
    assert_eq!(collected.uploads, UPLOADS_MAX);
    assert_eq!(objects(&server).await, 0);
    ani.small(1, 0, bytes(KIB, 0)).await.unwrap();
}

#[tokio::test]
async fn bytes_under_way_have_a_bound() {
    let media = MediaSettings { unfinished_max_bytes: 3 * 512 * 1024, ..MediaSettings::default() };
    let (mut server, user) = start_with(media).await;
    for round in 0..2 {
        let ani = Uploader { server: &server, user };
        for part in 0..3 {
            ani.big(7, (part, 9), bytes(512 * KIB, 0)).await.unwrap_or_else(|error| assert_eq!(round, 1, "{error}"));
        }
        assert!(matches!(refusal(ani.big(7, (3, 9), bytes(512 * KIB, 0)).await), Refusal::FloodWait(_)));
        assert!(matches!(refusal(ani.small(8, 0, bytes(1, 0)).await), Refusal::FloodWait(_)));
        server.restart().await;
    }
}

/// What was read already makes room for what is new.
#[tokio::test]
async fn used_uploads_make_room() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    for file_id in 0..3 * UPLOADS_MAX as i64 {
        ani.small(file_id, 0, bytes(100, file_id as u8)).await.unwrap();
        assert_eq!(ani.whole(small(file_id, 1)).await.unwrap(), bytes(100, file_id as u8));
    }
    assert_eq!(objects(&server).await, UPLOADS_MAX);
    server.story.pass_seconds(3 * 3600);
    server.platform.collect_media(usize::MAX).await.unwrap();
    assert_eq!(objects(&server).await, 0);
}

#[tokio::test]
async fn an_upload_that_goes_on_does_not_expire() {
    let (server, user) = start().await;
    let ani = Uploader { server: &server, user };
    for part in 0..6 {
        ani.big(7, (part, 6), bytes(KIB, part as u8)).await.unwrap();
        server.story.pass_seconds(20 * 3600);
        assert_eq!(server.platform.collect_media(usize::MAX).await.unwrap().uploads, 0);
    }
    assert_eq!(ani.whole(big(7, 6)).await.unwrap().len(), 6 * KIB);
}

#[tokio::test]
async fn a_quota_holds_for_what_is_under_way_too() {
    let media = MediaSettings { quota_bytes: Some(100 * 1024), ..MediaSettings::default() };
    let (server, user) = start_with(media).await;
    let ani = Uploader { server: &server, user };
    ani.small(1, 0, bytes(64 * KIB, 0)).await.unwrap();
    assert_eq!(refusal(ani.small(1, 1, bytes(64 * KIB, 0)).await), Refusal::StorageQuotaExceeded);
}

/// How many objects there are in all folders.
async fn objects(server: &Server) -> usize {
    let mut count = 0;
    for folder in folders(server).await {
        count += server.blobs.list(folder).await.unwrap().len();
    }
    count
}

async fn folders(server: &Server) -> Vec<Folder> {
    server.blobs.folders().await.unwrap()
}

/// All parts of a new file at once, on a disk, and the process ends without a word: what was answered is there.
#[tokio::test(flavor = "multi_thread")]
async fn parts_that_come_together_make_one_upload() {
    let place = tempfile::tempdir().unwrap();
    let (mut server, user) = start().await;
    server.blobs = blobs::Blobs::open(place.path()).unwrap();
    server.restart().await;
    let parts: Vec<Bytes> = (0..24).map(|part| bytes(16 * KIB, part)).collect();
    {
        let ani = Uploader { server: &server, user };
        let save = |part: usize| ani.big(7, (part as i32, 24), parts[part].clone());
        futures::future::try_join_all((0..23).rev().map(save)).await.unwrap();
    }
    server.blobs = blobs::Blobs::open(place.path()).unwrap();
    server.restart().await;
    let ani = Uploader { server: &server, user };
    assert_eq!(refusal(ani.whole(big(7, 24)).await), Refusal::FilePartMissing(23));
    // A call that is given up half-way holds nothing: the next one finds its place.
    let given_up = ani.big(7, (23, 24), parts[23].clone());
    assert!(futures::FutureExt::now_or_never(given_up).is_none(), "a disk takes its time");
    ani.big(7, (23, 24), parts[23].clone()).await.unwrap();
    let document = NewMedium {
        kind: MediumKind::Document,
        mime: String::new(),
        files: vec![(Variant::Original, FileSource::Upload(big(7, 24)))],
        description: Vec::new(),
    };
    let id = server.platform.create_medium(user, document).await.unwrap();
    assert_eq!(server.platform.medium_bytes(id, Variant::Original, u64::MAX).await.unwrap(), joined(&parts));
    server.story.pass_seconds(3 * 24 * 3600);
    assert_eq!(server.platform.collect_media(usize::MAX).await.unwrap().media, 1);
    assert_eq!(objects(&server).await, 0);
}

/// Of two writes of a part nobody knows which comes last: if they differ in size, one is told to come again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_comes_twice_at_once_is_one_of_both() {
    let place = tempfile::tempdir().unwrap();
    let mut server = Server::start().await;
    let (user, _) = server.sign_up(1, "6281100001", "Ani").await;
    server.blobs = blobs::Blobs::open(place.path()).unwrap();
    server.restart().await;
    let ani = Uploader { server: &server, user };
    for file_id in 0..20 {
        let parts: Vec<Bytes> = (1..9).map(|number| bytes(100 * number, number as u8)).collect();
        let sent = parts.iter().map(|part| ani.small(file_id, 0, part.clone()));
        for outcome in futures::future::join_all(sent).await {
            assert!(outcome.is_ok() || refusal(outcome) == Refusal::FloodWait(1));
        }
        let kept = ani.whole(small(file_id, 1)).await.unwrap();
        assert!(parts.contains(&kept), "{} bytes that nobody sent", kept.len());
    }
}
