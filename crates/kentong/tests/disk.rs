//! Disks that fill up or break under everything that a server writes: what cannot be written is refused so that clients
//! come back, what is there can be read, nothing is harmed, and writing resumes by itself.
//!
//! Real small file systems, so root is needed; without it each test says that it was skipped.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod village;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use platform::media::PartOf;
use platform::people::SignUpMode;
use platform::people::invites::NewInvite;
use platform::people::stewards::Steward;
use platform::{AuthKeyId, PlatformError, Refusal};
use store::{EmbeddedOptions, SpaceOptions, StoreError};
use village::{BEGINNING, House, LATER, Listing};

/// Longest wait for a look at the free space.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file system of its own, unmounted at the end.
struct Disk {
    place: tempfile::TempDir,
}

fn does(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

impl Disk {
    /// In memory; `None`, and it is said, where nothing may be mounted.
    fn in_memory(megabytes: u32) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        Self::mounted(place, &["-t", "tmpfs", "-o", &size, "tmpfs"])
    }

    /// An ext4 in a file, that becomes read-only at the first error.
    fn ext4(image: &Path, megabytes: u64) -> Option<Self> {
        fs::File::create(image).unwrap().set_len(megabytes << 20).unwrap();
        if !does("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]) {
            eprintln!("skipped: no mkfs.ext4");
            return None;
        }
        Self::on(image)
    }

    fn on(image: &Path) -> Option<Self> {
        Self::mounted(tempfile::tempdir().unwrap(), &["-o", "loop,errors=remount-ro", image.to_str().unwrap()])
    }

    fn mounted(place: tempfile::TempDir, arguments: &[&str]) -> Option<Self> {
        let target = place.path().to_str().unwrap().to_owned();
        if does("mount", &[arguments, &[target.as_str()]].concat()) {
            return Some(Self { place });
        }
        eprintln!("skipped: nothing can be mounted here (root is needed)");
        None
    }

    fn data(&self) -> std::path::PathBuf {
        self.place.path().join("data")
    }

    /// Takes all that is free but so many bytes.
    fn fill(&self, leave_bytes: u64) {
        let free = || {
            let stat = rustix::fs::statvfs(self.place.path()).unwrap();
            stat.f_bavail * stat.f_frsize
        };
        let ballast = self.place.path().join("ballast");
        let taken = fs::metadata(&ballast).map_or(0, |metadata| metadata.len());
        let file = fs::File::options().create(true).append(true).open(&ballast).unwrap();
        let more = free().saturating_sub(leave_bytes);
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), taken, more.max(1)).unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.place.path().join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        does("umount", &["-l", self.place.path().to_str().unwrap()]);
    }
}

/// Looks at the space often; floor and reserve are those of the size of the disk.
fn options() -> EmbeddedOptions {
    let space = SpaceOptions { interval: Duration::from_millis(20), ..SpaceOptions::default() };
    EmbeddedOptions { space, ..EmbeddedOptions::default() }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What people and administrators write in a day: each outcome by its name.
async fn a_day(house: &House, day: i64) -> Vec<(&'static str, Result<(), PlatformError>)> {
    let platform = &house.platform;
    let (ayu, budi) = (village::at_home(house, 1).await, village::at_home(house, 2).await);
    let words = village::outgoing(&budi, 10_000 + day, "a full day");
    let picture = PartOf { file_id: 10_000 + day, part: 0, total: None, bytes: vec![7; 4096].into() };
    let invite = NewInvite { uses: 1, seconds: None, is_admin: false, phone: None };
    let by = Steward::Person(ayu.user);
    let mut draft = platform::messages::Draft { text: format!("day {day}"), ..Default::default() };
    draft.date = platform.now();
    let newcomer = village::knock(house, 200_000 + day, &format!("1556{day:04}")).await;
    let came_in = match newcomer {
        Ok(newcomer) => village::come_in(house, &newcomer).await,
        Err(error) => Err(error),
    };
    vec![
        ("sign up", came_in),
        ("send", platform.send_message(ayu.actor(), words).await.map(|_| ())),
        ("draft", platform.save_draft(ayu.actor(), budi.peer(), draft).await),
        ("upload", platform.save_part(ayu.user, picture).await),
        ("invite", platform.admin_create_invite(by, invite).await.map(|_| ())),
        ("audit", platform.audit(by, "test", &day.to_string()).await),
        ("key", village::new_device(house, 100_000 + day).await),
        ("report", platform.set_server_switches(by, "log", |switches| switches.log_filter = Some("info".into())).await),
    ]
}

/// Whether a client is told to come back.
fn is_retryable(error: &PlatformError) -> bool {
    match error {
        PlatformError::Store(StoreError::Unavailable(_) | StoreError::Unknown(_)) => true,
        PlatformError::Blobs(error) => !error.is_damage(),
        PlatformError::Refused(Refusal::FloodWait(_)) => true,
        _ => false,
    }
}

fn is_whole(listing: &Listing) -> bool {
    listing.values().all(Result::is_ok)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_and_empties() {
    let Some(disk) = Disk::in_memory(120) else { return };
    village::build_with(&disk.data(), options()).await;
    let house = House::open_with(&disk.data(), LATER, 1 << 60, options()).await.unwrap();
    house.platform.set_sign_up_mode(Steward::Local, SignUpMode::Open).await.unwrap();
    for (what, outcome) in a_day(&house, 0).await {
        assert!(outcome.is_ok(), "{what}: {outcome:?}");
    }
    let newcomer = village::knock(&house, 300_000, "15570001").await.unwrap();

    // It fills while everybody writes: each write is done, or refused in words that clients understand.
    let mut day = 1;
    while !house.store.is_read_only() {
        disk.fill(4 << 20);
        for (what, outcome) in a_day(&house, day).await {
            assert!(outcome.as_ref().err().is_none_or(is_retryable), "{what}: {outcome:?}");
        }
        day += 1;
    }
    disk.fill(0);
    let full = village::read(&house).await;
    assert!(is_whole(&full), "reading goes on");
    for (what, outcome) in a_day(&house, day).await {
        let error = outcome.expect_err(what);
        assert!(is_retryable(&error), "{what}: {error}");
    }
    let halfway = village::come_in(&house, &newcomer).await.expect_err("nobody signs up on a full disk");
    assert!(is_retryable(&halfway), "{halfway}");
    assert!(metrics::render().contains("kentong_store_read_only 1"), "whoever watches the metrics knows");
    assert!(house.platform.auth_key(AuthKeyId(1)).await.unwrap().unwrap().user_id().is_some(), "devices are known");
    assert_eq!(village::read(&house).await, full, "what was refused left no trace");

    // A restart on the full disk.
    house.close();
    let house = House::open_with(&disk.data(), LATER, 1 << 61, options()).await.unwrap();
    assert!(village::read(&house).await == full, "everything is there after a restart on a full disk");

    disk.empty();
    until("writing resumes by itself", || !house.store.is_read_only()).await;
    for (what, outcome) in a_day(&house, day + 1).await {
        assert!(outcome.is_ok(), "{what}: {outcome:?}");
    }
    village::come_in(&house, &newcomer).await.expect("whoever was on the way in comes in with the code they had");
    house.close();
    assert!(House::open_with(&disk.data(), LATER, 1, options()).await.is_ok_and(|house| {
        house.close();
        true
    }));
}

/// The kernel gives a disk up and makes it read-only: nothing that was acknowledged before is missing after a repair.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_breaks() {
    let place = tempfile::tempdir().unwrap();
    let image = place.path().join("image");
    let Some(disk) = Disk::ext4(&image, 120) else { return };
    let house = House::open_with(&disk.data(), BEGINNING, 1, options()).await.unwrap();
    village::live(&house).await;
    house.platform.set_sign_up_mode(Steward::Local, SignUpMode::Open).await.unwrap();
    let before = village::read(&house).await;
    let Some(trigger) = trigger_of(&image) else {
        eprintln!("skipped: this kernel cannot be asked for an error of ext4");
        return house.close();
    };
    fs::write(trigger, "a test").unwrap();
    let outcome = a_day(&house, 1).await;
    for (what, outcome) in outcome {
        let error = outcome.expect_err(what);
        assert!(is_retryable(&error), "{what}: {error}");
    }
    assert!(village::read(&house).await == before, "reading goes on");
    assert!(house.store.is_read_only());
    house.close();
    drop(disk);
    does("e2fsck", &["-f", "-y", image.to_str().unwrap()]);
    let disk = Disk::on(&image).unwrap();
    let house = House::open_with(&disk.data(), LATER, 1 << 60, options()).await.unwrap();
    let after = village::read(&house).await;
    for (name, section) in &before {
        assert_eq!(after.get(name), Some(section), "{name}");
    }
    for (what, outcome) in a_day(&house, 2).await {
        assert!(outcome.is_ok(), "{what}: {outcome:?}");
    }
    house.close();
}

/// The file by which ext4 is told to find an error on the disk in this image.
fn trigger_of(image: &Path) -> Option<std::path::PathBuf> {
    let output = Command::new("losetup").args(["-j", image.to_str()?, "-O", "NAME", "-n"]).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().rsplit('/').next()?.to_owned();
    let trigger = Path::new("/sys/fs/ext4").join(name).join("trigger_fs_error");
    trigger.exists().then_some(trigger)
}
