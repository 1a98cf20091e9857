//! Rot in a data folder in which a bit of everything has happened: whatever bit flips, whatever file is cut or goes, the
//! folder is refused in one line, or it opens and what is damaged is reported when it is read, and everything else is as it
//! was. Nothing is ever silently other, or silently gone.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod village;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use blobs::{Blobs, data_len};
use bytes::Bytes;
use platform::keys::{kind, medium_suffix, user_suffix};
use platform::media::{MediumId, StoredObject, objects, upload_folder};
use store::{EmbeddedOptions, Key, SpaceOptions};
use village::{House, LATER, Listing};

/// Random places at which a bit is flipped.
const FLIPS: usize = 200;
/// Random places at which a file is cut off.
const CUTS: usize = 50;
/// Rounds at a time.
const THREADS: usize = 4;

/// In memory where that is possible: thousands of syncs are not what is tested here.
fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A small memory, so that there are tables as well as a journal; and no reserve, which would only be copied.
fn options() -> EmbeddedOptions {
    let space = SpaceOptions { reserve_bytes: Some(0), floor_bytes: Some(0), ..SpaceOptions::default() };
    EmbeddedOptions { memtable_bytes: 16 * 1024, space, ..EmbeddedOptions::default() }
}

/// Everything that can be read of a folder.
#[derive(Default)]
struct Contents {
    /// Version and value of each record, as a walk and as a question for its key give them.
    records: BTreeMap<Key, (u64, Bytes)>,
    /// What is damaged, in the words of the errors.
    reports: Vec<String>,
    listing: Listing,
    /// Whether each object is whole, by what names it.
    objects: BTreeMap<String, bool>,
}

/// What became of a harmed folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Refused,
    Reported,
    Immaterial,
}

async fn contents(folder: &Path, asked: impl Iterator<Item = &Key>) -> Result<Contents, String> {
    let house = House::open_with(folder, LATER, 1 << 60, options()).await?;
    let mut contents = Contents { listing: village::read(&house).await, ..Contents::default() };
    walk(&house, &mut contents).await;
    ask(&house, asked, &mut contents).await;
    check_objects(&house.blobs, &mut contents).await;
    house.close();
    Ok(contents)
}

async fn walk(house: &House, contents: &mut Contents) {
    let mut snapshot = house.store.snapshot().await.unwrap();
    loop {
        match snapshot.next_chunk().await {
            Ok(None) => return,
            Ok(Some(chunk)) => {
                contents.records.extend(chunk.into_iter().map(|(key, record)| (key, (record.version, record.value))));
            }
            Err(error) => {
                contents.reports.push(error.to_string());
                if snapshot.skip_damaged().await.unwrap().is_none() {
                    return;
                }
            }
        }
    }
}

/// Records are found by their keys, too: through filters and indexes that a walk does not use.
async fn ask(house: &House, keys: impl Iterator<Item = &Key>, contents: &mut Contents) {
    for key in keys {
        match house.store.get(key).await {
            Ok(Some(record)) => {
                let found = (record.version, record.value);
                let walked = contents.records.entry(key.clone()).or_insert_with(|| found.clone());
                assert_eq!(*walked, found, "a walk and a question differ about {key:?}");
            }
            Ok(None) => assert!(!contents.records.contains_key(key), "a question does not find {key:?}, a walk does"),
            Err(error) => {
                contents.records.remove(key);
                contents.reports.push(error.to_string());
            }
        }
    }
}

async fn check_objects(blobs: &Blobs, contents: &mut Contents) {
    for (key, (_, value)) in contents.records.clone() {
        for (name, object) in named_by(blobs, &key, &value).await {
            assert!(object.is_sealed, "{name}");
            contents.objects.insert(name, object.check(blobs).await.is_ok());
        }
    }
}

/// The objects that a record names: a medium's, or those of an upload that is under way.
async fn named_by(blobs: &Blobs, key: &Key, value: &[u8]) -> Vec<(String, StoredObject)> {
    let (owner, suffix) = key.parts();
    if owner[0] == kind::MEDIUM && suffix == [medium_suffix::RECORD] {
        let id = MediumId(i64::from_be_bytes(owner[1..].try_into().unwrap()));
        let named = objects(id, value).unwrap().into_iter();
        return named.map(|object| (format!("{id} {:x} {}", object.folder.0, object.name), object)).collect();
    }
    if owner[0] != kind::USER || suffix[0] != user_suffix::UPLOAD {
        return Vec::new();
    }
    let (folder, is_own) = upload_folder(value).unwrap();
    let listed = if is_own { blobs.list(folder).await.unwrap() } else { Vec::new() };
    let object = |listed: &blobs::Listed| {
        let size = data_len(listed.size).unwrap_or(u64::MAX);
        StoredObject { folder, name: listed.name.clone(), size, is_sealed: true }
    };
    listed.iter().map(|part| (format!("upload {:x} {}", folder.0, part.name), object(part))).collect()
}

/// Compares with how it was; panics at what no harm may do.
fn judge(harm: &str, whole: &Contents, folder: &Path, now: Result<Contents, String>) -> Verdict {
    let now = match now {
        Ok(now) => now,
        Err(refusal) => {
            let names = [folder.to_str().unwrap(), "group ", "key ", "record"];
            assert!(
                !refusal.trim().contains('\n') && names.iter().any(|name| refusal.contains(name)),
                "{harm}: {refusal}"
            );
            return Verdict::Refused;
        }
    };
    for (key, record) in &now.records {
        assert_eq!(whole.records.get(key), Some(record), "{harm}: {key:?} is other than it was");
    }
    let gone = whole.records.keys().filter(|key| !now.records.contains_key(key)).count();
    assert!(gone == 0 || !now.reports.is_empty(), "{harm}: {gone} records are silently gone");
    let spoilt = whole.objects.keys().filter(|name| now.objects.get(*name) != Some(&true)).count();
    assert!(gone > 0 || spoilt <= 1, "{harm}: {spoilt} objects are spoilt");
    let mut unread = 0;
    for (name, section) in &whole.listing {
        match now.listing.get(name) {
            Some(Ok(lines)) => assert_eq!(lines, section.as_ref().unwrap(), "{harm}: {name}"),
            _ => unread += 1,
        }
    }
    let is_reported = !now.reports.is_empty() || spoilt > 0;
    assert!(unread == 0 || is_reported, "{harm}: {unread} sections cannot be read, and nothing is damaged");
    if is_reported { Verdict::Reported } else { Verdict::Immaterial }
}

/// The files of a folder, by their paths in it, those of the system's own making left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(place) = left.pop() {
        for entry in fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { left.push(entry) } else { found.push(entry.strip_prefix(folder).unwrap().to_owned()) }
        }
    }
    found.sort();
    found
}

/// Copies all files; those of media that are not to be harmed are links.
fn copy(from: &Path, files: &[PathBuf], to: &Path, harmed: &Path) {
    for file in files {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        if file.starts_with("media") && file != harmed && file.file_name() != Some("opened".as_ref()) {
            fs::hard_link(from.join(file), target).unwrap();
        } else {
            fs::copy(from.join(file), target).unwrap();
        }
    }
}

/// A village, and what there is in it.
struct Whole {
    place: tempfile::TempDir,
    files: Vec<PathBuf>,
    contents: Contents,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

impl Whole {
    fn new() -> Self {
        let place = scratch();
        let contents = runtime().block_on(async {
            village::build_with(place.path(), options()).await;
            contents(place.path(), std::iter::empty()).await.unwrap()
        });
        assert!(contents.reports.is_empty() && contents.objects.values().all(|is_whole| *is_whole));
        assert!(contents.records.len() > 150 && contents.objects.len() > 15);
        Self { files: files(place.path()), place, contents }
    }

    /// Harms one file of a copy and looks what became of it.
    fn round(&self, file: &Path, harm: impl FnOnce(&Path) -> String) -> Verdict {
        let place = scratch();
        copy(self.place.path(), &self.files, place.path(), file);
        let harm = format!("{}: {}", file.display(), harm(&place.path().join(file)));
        let now = runtime().block_on(contents(place.path(), self.contents.records.keys()));
        if let (Err(refusal), true) = (&now, std::env::var_os("KENTONG_SHOW").is_some()) {
            eprintln!("{harm}: {refusal}");
        }
        let verdict = judge(&harm, &self.contents, place.path(), now);
        if std::env::var_os("KENTONG_SHOW").is_some() {
            eprintln!("{harm}: {verdict:?}");
        }
        verdict
    }

    /// All rounds, several at a time: how often each verdict fell.
    fn rounds(&self, count: usize, round: impl Fn(usize) -> Verdict + Sync) -> BTreeMap<Verdict, usize> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mine =
                std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed))).take_while(|number| *number < count);
            mine.map(&round).collect::<Vec<_>>()
        };
        let verdicts = std::thread::scope(|scope| {
            let threads = (0..THREADS).map(|_| scope.spawn(work)).collect::<Vec<_>>();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        verdicts.into_iter().fold(BTreeMap::new(), |mut counts, verdict| {
            *counts.entry(verdict).or_default() += 1;
            counts
        })
    }
}

/// The same dice in every run, others for each round.
fn dice(round: usize) -> impl FnMut(u64) -> u64 {
    let seed = std::env::var("KENTONG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(5_u64);
    let mut state = (round as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    move |below| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) % below.max(1)
    }
}

fn flip(path: &Path, dice: &mut impl FnMut(u64) -> u64) -> String {
    let file = File::options().read(true).write(true).open(path).unwrap();
    let (place, bit) = (dice(file.metadata().unwrap().len()), dice(8));
    let mut byte = [0];
    file.read_exact_at(&mut byte, place).unwrap();
    file.write_all_at(&[byte[0] ^ (1 << bit)], place).unwrap();
    format!("bit {bit} of byte {place}")
}

fn cut(path: &Path, dice: &mut impl FnMut(u64) -> u64) -> String {
    let file = File::options().write(true).open(path).unwrap();
    let length = dice(file.metadata().unwrap().len());
    file.set_len(length).unwrap();
    format!("cut after {length}")
}

/// How many rounds a longer search has, if somebody asks for one.
fn rounds_of(usual: usize) -> usize {
    std::env::var("KENTONG_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

#[test]
fn no_rot_anywhere_is_silent() {
    let whole = Whole::new();
    let length = |file: &&PathBuf| fs::metadata(whole.place.path().join(file)).unwrap().len();
    let full = whole.files.iter().filter(|file| length(file) > 0).collect::<Vec<_>>();
    assert!(
        full.iter().any(|file| file.parent().unwrap().ends_with("keyspaces/1/tables")),
        "there are tables: {full:?}"
    );
    let flips = whole
        .rounds(rounds_of(FLIPS), |round| whole.round(full[round % full.len()], |path| flip(path, &mut dice(round))));
    let cuts = whole
        .rounds(rounds_of(CUTS), |round| whole.round(full[round % full.len()], |path| cut(path, &mut dice(round))));
    let missing = whole.rounds(whole.files.len(), |round| {
        whole.round(&whole.files[round], |path| {
            fs::remove_file(path).unwrap();
            "removed".to_owned()
        })
    });
    eprintln!("{} files; flips {flips:?}, cuts {cuts:?}, missing {missing:?}", whole.files.len());
    for counts in [&flips, &cuts, &missing] {
        assert!(counts.contains_key(&Verdict::Refused) && counts.contains_key(&Verdict::Reported), "{counts:?}");
    }
}
