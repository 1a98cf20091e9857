//! SIGKILL while people upload and send files: what was acknowledged is there and whole, and once its time has come nothing
//! at all is left on the disk of what the killed processes wrote.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use blobs::Blobs;
use bus::Bus;
use bytes::Bytes;
use platform::media::{FileSource, MediumId, MediumKind, NewMedium, PartOf, UploadedFile, Variant};
use platform::{Platform, Ports, Runtime, Settings, UserId};
use store::{EmbeddedOptions, Store};
use testing_dice::Dice;

/// Set for the process that is to be killed: its folder and the number of its round.
const CHILD: &str = "KENTONG_MEDIA_TEST_CHILD";
const ROUNDS: u64 = 6;
const WRITERS: u64 = 4;
const PARTS: u32 = 3;
const PART_BYTES: usize = 2048;

/// A clock that stands unless moved, and dice that fall otherwise in every round.
struct Moment {
    now_ms: AtomicI64,
    dice: Dice,
}

impl Runtime for Moment {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.dice.fill(buffer);
    }
}

struct Server {
    platform: Platform,
    moment: Arc<Moment>,
    blobs: Blobs,
    store: Store,
}

async fn open(folder: &Path, round: u64) -> Server {
    let moment = Arc::new(Moment { now_ms: 1_800_000_000_000.into(), dice: Dice::new(round << 40) });
    let store = Store::open_embedded(&folder.join("store"), EmbeddedOptions::default()).unwrap();
    let blobs = Blobs::open(&folder.join("media")).unwrap();
    let ports = Ports { blobs: blobs.clone(), ..Ports::memory(store.clone(), Bus::in_process(), moment.clone()) };
    Server { platform: Platform::open(ports, Settings::default()).await.unwrap(), moment, blobs, store }
}

fn part_of(file_id: i64, part: u32) -> Bytes {
    vec![(file_id as u8).wrapping_mul(7).wrapping_add(part as u8); PART_BYTES].into()
}

fn uploaded(file_id: i64) -> UploadedFile {
    UploadedFile { file_id, parts: PARTS, md5: None, big: true }
}

fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).expect("the parent listens");
}

/// Uploads a file and makes a document with a preview of it, and says so after each step.
async fn send(server: &Server, user: UserId, file_id: i64) {
    for part in (0..PARTS).rev() {
        let total = Some(PARTS as i32);
        let part_of = PartOf { file_id, part: part as i32, total, bytes: part_of(file_id, part) };
        server.platform.save_part(user, part_of).await.unwrap();
        say(&format!("part {} {file_id} {part}", user.0));
    }
    let files = vec![
        (Variant::Original, FileSource::Upload(uploaded(file_id))),
        (Variant::Size(b'm'), FileSource::Bytes(part_of(file_id, 99))),
    ];
    let new = NewMedium { kind: MediumKind::Document, mime: String::new(), files, description: Vec::new() };
    let id = server.platform.create_medium(user, new).await.unwrap();
    say(&format!("medium {} {file_id} {id}", user.0));
}

async fn write_until_killed(folder: &Path, round: u64) {
    let server = Arc::new(open(folder, round).await);
    let writer = async |user: u64| {
        for file in 0.. {
            send(&server, UserId(user as i64), (round << 20) as i64 + file).await;
        }
    };
    futures::future::join_all((1..=WRITERS).map(writer)).await;
}

/// What the killed process acknowledged.
fn run_and_kill(folder: &Path, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_was_acknowledged_is_there_and_nothing_else_stays", "--nocapture"])
        .env(CHILD, format!("{round} {}", folder.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // Early kills hit the first write of all, late ones every kind of write.
    let mut said: Vec<String> = lines.by_ref().take((round * round * 9) as usize).collect();
    child.kill().unwrap();
    said.extend(lines);
    child.wait().unwrap();
    said
}

/// Reads everything back that was acknowledged; how many media that were.
async fn check(server: &Server, said: &[String]) -> usize {
    let mut media = 0;
    for line in said {
        let words: Vec<&str> = line.split(' ').collect();
        let ["medium", _, file_id, id] = words.as_slice() else { continue };
        let (file_id, id) = (file_id.parse().unwrap(), MediumId(id.parse().unwrap()));
        let expected = (0..PARTS).map(|part| part_of(file_id, part)).collect::<Vec<_>>().concat();
        assert_eq!(server.platform.medium_bytes(id, Variant::Original, u64::MAX).await.unwrap(), expected, "{line}");
        let preview = server.platform.medium_bytes(id, Variant::Size(b'm'), u64::MAX).await.unwrap();
        assert_eq!(preview, part_of(file_id, 99), "{line}");
        media += 1;
    }
    finish_what_was_cut_off(server, said).await;
    media
}

/// The parts of a file that were acknowledged need not be sent again.
async fn finish_what_was_cut_off(server: &Server, said: &[String]) {
    for user in 1..=WRITERS {
        let prefix = format!("part {user} ");
        let parts = said.iter().filter_map(|line| line.strip_prefix(&prefix)?.split_once(' '));
        let Some((last, _)) = parts.clone().next_back() else { continue };
        let file_id: i64 = last.parse().unwrap();
        for part in (0..PARTS).filter(|part| !parts.clone().any(|(id, there)| id == last && there == part.to_string()))
        {
            let total = Some(PARTS as i32);
            let part_of = PartOf { file_id, part: part as i32, total, bytes: part_of(file_id, part) };
            server.platform.save_part(UserId(user as i64), part_of).await.unwrap();
        }
        let whole = (0..PARTS).map(|part| part_of(file_id, part)).collect::<Vec<_>>().concat();
        let read = server.platform.upload_bytes(UserId(user as i64), &uploaded(file_id), u64::MAX).await;
        assert_eq!(read.unwrap(), whole, "{user} {file_id}");
    }
}

/// This test is both processes: it starts itself again with [`CHILD`] set.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_and_nothing_else_stays() {
    if let Ok(child) = std::env::var(CHILD) {
        let (round, folder) = child.split_once(' ').unwrap();
        return write_until_killed(Path::new(folder), round.parse().unwrap()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut media = 0;
    for round in 1..=ROUNDS {
        let said = run_and_kill(folder.path(), round);
        let server = open(folder.path(), round + ROUNDS).await;
        media += check(&server, &said).await;
        server.store.close();
    }
    assert!(media > 50, "{media} media were made");
    let server = open(folder.path(), 3 * ROUNDS).await;
    for _ in 0..2 {
        server.moment.now_ms.fetch_add(3 * 24 * 3_600_000, Ordering::Relaxed);
        while server.platform.collect_media(500).await.unwrap().is_more_due {}
    }
    assert!(server.blobs.folders().await.unwrap().is_empty(), "what nobody holds is gone");
    for user in 1..=WRITERS {
        assert_eq!(server.platform.stored_bytes(UserId(user as i64)).await.unwrap(), 0);
    }
    server.store.close();
}
