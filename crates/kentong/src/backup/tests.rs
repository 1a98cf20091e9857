//! A backup under load, from the inside: what was acknowledged before it began is in it, what it holds is one instant, and
//! what is restored is what was there.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use blobs::{Blobs, Folder};
use bytes::Bytes;
use platform::keys;
use platform::mailbox::Flags;
use platform::media::{FileSource, MediumKind, NewMedium, Variant};
use platform::messages::Outgoing;
use platform::{Actor, Peer, Platform, Ports, Settings, UserId};
use store::{Key, Owner, Store};

use super::create::{Source, create};
use super::restore::restore;
use super::verify::verify;
use crate::clock::SystemRuntime;
use crate::config::Config;

const ANI: UserId = UserId(11);
const BUDI: UserId = UserId(12);

async fn opened(data: &Path) -> Source {
    let store = Store::open_embedded(&data.join("store"), store::EmbeddedOptions::default()).unwrap();
    let blobs = Blobs::open_above(&data.join("media"), 0).unwrap();
    let ports = Ports {
        store: store.clone(),
        bus: bus::Bus::in_process(),
        blobs: blobs.clone(),
        pictures: pictures::Pictures::new(1),
        runtime: Arc::new(SystemRuntime::start(data)),
    };
    let platform = Platform::open(ports, Settings::default()).await.unwrap();
    Source { platform, store, blobs, data: data.to_owned() }
}

async fn send(platform: &Platform, number: i32) -> i32 {
    let outgoing = Outgoing {
        peer: Peer::User(BUDI),
        text: format!("drum {number}"),
        entities: Vec::new(),
        random_id: i64::from(number) + 1,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    };
    platform.send_message(Actor::server(ANI), outgoing).await.unwrap().message.id.0
}

/// A document of several objects' worth of bytes, made by the server.
async fn document(platform: &Platform, bytes: &Bytes) -> platform::media::MediumId {
    let new = NewMedium {
        kind: MediumKind::Document,
        mime: "text/plain".into(),
        files: vec![(Variant::Original, FileSource::Bytes(bytes.clone()))],
        description: Vec::new(),
    };
    platform.create_medium(ANI, new).await.unwrap()
}

fn config(data: &Path) -> Config {
    let mut config = Config::default();
    config.server.data = data.to_owned();
    config
}

async fn everything(store: &Store) -> Vec<(Key, store::Record)> {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut all = Vec::new();
    while let Some(chunk) = snapshot.next_chunk().await.unwrap() {
        all.extend(chunk);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_was_acknowledged_before_it_is_in_it_and_it_is_one_instant() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = opened(from.path()).await;
    std::fs::write(from.path().join("private.pem"), "secret").unwrap();
    let bytes = Bytes::from((0..3_000_000_u32).map(|number| (number >> 3) as u8).collect::<Vec<_>>());
    let medium = document(&source.platform, &bytes).await;
    let acknowledged = Arc::new(AtomicI32::new(0));
    let is_over = Arc::new(AtomicBool::new(false));
    let sending = tokio::spawn({
        let (platform, acknowledged, is_over) = (source.platform.clone(), acknowledged.clone(), is_over.clone());
        async move {
            for number in 0.. {
                acknowledged.store(send(&platform, number).await, Ordering::SeqCst);
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
            }
        }
    });
    while acknowledged.load(Ordering::SeqCst) < 200 {
        tokio::task::yield_now().await;
    }
    let before = acknowledged.load(Ordering::SeqCst);
    let file = to.path().join("all.backup");
    let report = create(&source, &file, &mut |_| {}).await.unwrap();
    is_over.store(true, Ordering::SeqCst);
    sending.await.unwrap();
    assert!(report.is_fine(), "{}", report.text());
    let verified = verify(&file).unwrap();
    assert!(verified.is_fine() && verified.totals == report.totals, "{}", verified.text());

    let data = to.path().join("data");
    let restored = restore(&config(&data), &file).await.unwrap();
    assert_eq!(restored.totals, report.totals);
    assert_eq!(std::fs::read_to_string(data.join("private.pem")).unwrap(), "secret");
    assert!(!data.join("restoring").exists());
    let again = restore(&config(&data), &file).await.unwrap_err().to_string();
    assert!(again.contains("not empty"), "{again}");
    let opened = opened(&data).await;
    let (last, sibling) = (last_message(&opened.store, ANI).await, last_message(&opened.store, BUDI).await);
    assert!(last >= before, "{before} was acknowledged before, {last} is there");
    assert_eq!(last, sibling, "both mailboxes are of one instant");
    let seen_more = opened.platform.difference(BUDI, platform::Pts(last + 5_000), 0, Default::default()).await.unwrap();
    assert!(matches!(seen_more, platform::mailbox::Difference::TooLong(_)), "who has seen more starts anew");
    assert!(send(&opened.platform, 1_000_000).await > last + 5_000, "no number is given out twice");
    let copy = opened.platform.medium_bytes(medium, Variant::Original, u64::MAX).await.unwrap();
    assert!(copy == bytes, "the file is whole");
    let media = report.totals.objects;
    assert_eq!(media, 1);
}

/// The number of the newest message; all before it must be there.
async fn last_message(store: &Store, user: UserId) -> i32 {
    let owner: Owner = keys::user(user);
    let mut expected = 0;
    for (key, _) in everything(store).await {
        let (found, suffix) = key.parts();
        if found == owner.as_bytes() && suffix.first() == Some(&keys::user_suffix::MESSAGE) {
            expected += 1;
            assert_eq!(suffix[1..], i32::to_be_bytes(expected), "no message is missing");
        }
    }
    expected
}

#[tokio::test]
async fn what_is_missing_or_damaged_is_named_and_the_rest_is_kept() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = opened(from.path()).await;
    let bytes = Bytes::from(vec![7; 100_000]);
    let (gone, rotten) = (document(&source.platform, &bytes).await, document(&source.platform, &bytes).await);
    let whole = document(&source.platform, &bytes).await;
    source.blobs.delete(Folder(gone.0.cast_unsigned()), "original").await.unwrap();
    let number = rotten.0.cast_unsigned();
    let path = from.path().join(format!("media/{:02x}/{number:016x}/original", number as u8));
    let mut content = std::fs::read(&path).unwrap();
    content[5_000] ^= 4;
    std::fs::write(&path, content).unwrap();
    let file = to.path().join("some.backup");
    let report = create(&source, &file, &mut |_| {}).await.unwrap();
    for report in [&report, &verify(&file).unwrap()] {
        let text = report.text();
        assert_eq!(report.gaps.first.len(), 2, "{text}");
        assert!(text.contains(&format!("{number:016x}")) && text.contains(&format!("{:016x}", gone.0)), "{text}");
    }
    let data = to.path().join("data");
    restore(&config(&data), &file).await.unwrap();
    let opened = opened(&data).await;
    assert!(opened.platform.medium_bytes(whole, Variant::Original, u64::MAX).await.is_ok());
    assert!(opened.platform.medium_bytes(rotten, Variant::Original, u64::MAX).await.is_err(), "never served");
}

#[tokio::test]
async fn a_damaged_backup_leaves_nothing_and_an_interrupted_one_no_file() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = opened(from.path()).await;
    for number in 0..50 {
        send(&source.platform, number).await;
    }
    let file = to.path().join("all.backup");
    create(&source, &file, &mut |_| {}).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let data = to.path().join("data");
    for at in [40, whole.len() / 2, whole.len() - 20] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&file, damaged).unwrap();
        let refused = format!("{:#}", restore(&config(&data), &file).await.unwrap_err());
        assert!(refused.contains("damaged"), "byte {at}: {refused}");
        let left = std::fs::read_dir(&data).map_or(0, Iterator::count);
        assert_eq!(left, 0, "byte {at}");
    }
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert!(restore(&config(&data), &file).await.is_err());
    std::fs::write(&file, &whole).unwrap();
    restore(&config(&data), &file).await.unwrap();

    let other = to.path().join("other.backup");
    let mut silent = |_: &str| {};
    let mut polled = Box::pin(create(&source, &other, &mut silent));
    while !super::writer::with_suffix(&other).exists() {
        assert!(futures::poll!(&mut polled).is_pending(), "it was quicker than we");
        tokio::task::yield_now().await;
    }
    drop(polled);
    while super::writer::with_suffix(&other).exists() {
        tokio::task::yield_now().await;
    }
    assert!(!other.exists());
}
