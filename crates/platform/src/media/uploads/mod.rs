//! Uploads under way: parts in any order, from several connections, over days and restarts.
//!
//! An upload is a record (which folder its parts are in, when it was last heard of) and one object a part, durable before
//! the client is told so. Which parts there are is read from the folder, so no record can say otherwise. What a person has
//! under way is bounded in number and bytes and remembered on their [`desk`]; what is used up makes room for what is new.

mod desk;
pub(super) mod shape;
mod whole;

use blobs::Folder;
use bytes::Bytes;
use minicbor::{Decode, Encode};
use store::{Batch, Check, Class, Key};

pub(crate) use desk::Desks;
pub(super) use whole::Whole;

use super::MediumId;
use super::timers::{self, Timer};
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::limits::media::{
    COLLECT_RETRY_SECONDS, PART_MAX_BYTES, PARTS_MAX, UPLOAD_TOUCH_FRACTION, UPLOADS_FULL_WAIT_SECONDS,
    USED_UPLOAD_SECONDS,
};
use crate::{Platform, PlatformError, Refusal, UserId};
use desk::{Desk, Hold, Place, Room};

/// A part of an upload, as a client sends it.
#[derive(Clone, Debug)]
pub struct PartOf {
    /// The client's own number for the upload.
    pub file_id: i64,
    /// Which part, from 0.
    pub part: i32,
    /// With `upload.saveBigFilePart`: how many there will be, -1 while nobody knows.
    pub total: Option<i32>,
    /// What it holds.
    pub bytes: Bytes,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum Stage {
    /// Parts come.
    #[n(0)]
    Open,
    /// It was read: it may be used again, but goes when room is needed.
    #[n(1)]
    Used,
    /// Its folder belongs to a medium.
    #[n(2)]
    Adopted,
    /// It is being removed.
    #[n(3)]
    Going,
}

/// What is stored of an upload; its record's version rises with every change.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct UploadRecord {
    /// Where its parts are.
    #[n(0)]
    pub folder: u64,
    /// It came by `upload.saveBigFilePart`.
    #[n(1)]
    pub big: bool,
    /// How many parts the client announced.
    #[n(2)]
    pub total: Option<u32>,
    /// When it was last heard of, in seconds, to within a share of its lifetime.
    #[n(3)]
    pub touched: i64,
    /// How far it is.
    #[n(4)]
    pub stage: Stage,
    /// Whose it became.
    #[n(5)]
    pub medium: Option<MediumId>,
    /// Its parts carry checksums; those of earlier releases did not.
    #[n(6)]
    #[cbor(default)]
    pub is_sealed: bool,
}

impl Stored for UploadRecord {
    const WHAT: &'static str = "upload";
}

/// The key of an upload's record.
pub(super) fn record_key(user: UserId, file_id: i64) -> Key {
    keys::user_key(user, &keys::suffix_id(user_suffix::UPLOAD, file_id))
}

/// A part whose numbers make sense by themselves.
pub(super) struct Checked {
    file_id: i64,
    part: u32,
    big: bool,
    total: Option<u32>,
    bytes: Bytes,
}

/// The rules of "Uploading and Downloading Files" that need nothing but the call.
fn check(part: PartOf) -> Result<Checked, Refusal> {
    let total = match part.total {
        None | Some(-1) => None,
        Some(total) => Some(u32::try_from(total).map_err(|_| Refusal::FilePartsInvalid)?),
    };
    if total.is_some_and(|total| total == 0 || total > PARTS_MAX) {
        return Err(Refusal::FilePartsInvalid);
    }
    let number = u32::try_from(part.part).map_err(|_| Refusal::FilePartInvalid)?;
    if number >= total.unwrap_or(PARTS_MAX) {
        return Err(Refusal::FilePartInvalid);
    }
    if part.bytes.is_empty() {
        return Err(Refusal::FilePartEmpty);
    }
    if part.bytes.len() > PART_MAX_BYTES as usize {
        return Err(Refusal::FilePartTooBig);
    }
    Ok(Checked { file_id: part.file_id, part: number, big: part.total.is_some(), total, bytes: part.bytes })
}

impl Platform {
    /// Keeps a part of an upload; it is durable when this returns. A part that is there already is replaced.
    ///
    /// # Errors
    /// `FilePart*` refusals, [`Refusal::FloodWait`] when the person has too much under way,
    /// [`Refusal::StorageQuotaExceeded`], trouble of the storage.
    pub async fn save_part(&self, user: UserId, part: PartOf) -> Result<(), PlatformError> {
        let part = check(part)?;
        let desk = self.desk(user).await?;
        self.check_quota(user, desk.charged_bytes() + part.bytes.len() as u64).await?;
        let place = self.place(user, &desk, &part).await?;
        let mut hold = Hold { desk: &desk, part: &part, place, is_kept: false };
        self.put_part(user, &desk, &part, &hold.place).await?;
        hold.is_kept = true;
        self.shelves().desks.kept(user, &desk, &part, &hold.place);
        metrics::UPLOAD_PARTS.inc();
        Ok(())
    }

    /// Finds room for a part, removing what was used up if it must.
    async fn place(&self, user: UserId, desk: &Desk, part: &Checked) -> Result<Place, PlatformError> {
        let bounds = self.settings().media.unfinished_max_bytes;
        loop {
            match desk.place(part, bounds, || Folder(self.random_i64().cast_unsigned()))? {
                Room::Found(place) => return Ok(place),
                Room::AfterRemovalOf(used) => self.remove_upload(user, used).await?,
                Room::None(why) => {
                    metrics::MEDIA_LIMITED.inc(why);
                    return Err(Refusal::FloodWait(UPLOADS_FULL_WAIT_SECONDS).into());
                }
            }
        }
    }

    async fn put_part(&self, user: UserId, desk: &Desk, part: &Checked, place: &Place) -> Result<(), PlatformError> {
        let begun = place.ready.get_or_try_init(|| self.begin(user, desk, part, place)).await;
        begun.map_err(|error| if error.is_conflict() { Refusal::FloodWait(1).into() } else { error })?;
        self.touch(user, desk, part.file_id).await?;
        let (name, bytes) = (part.part.to_string(), part.bytes.clone());
        if place.is_sealed {
            self.blobs().put_sealed(place.folder, &name, bytes).await?;
        } else {
            self.blobs().put(place.folder, &name, bytes).await?;
        }
        Ok(())
    }

    /// Record and timer first, then the folder: what a crash leaves is removed when the timer comes.
    async fn begin(&self, user: UserId, desk: &Desk, part: &Checked, place: &Place) -> Result<(), PlatformError> {
        if !place.is_recorded {
            let key = record_key(user, part.file_id);
            let touched = i64::from(self.now());
            let (folder, big, total) = (place.folder.0, part.big, part.total);
            let (stage, is_sealed) = (Stage::Open, place.is_sealed);
            let record = UploadRecord { folder, big, total, touched, stage, medium: None, is_sealed };
            let mut batch = Batch::new(Class::C3);
            batch.checks.push(match place.replaces {
                Some(version) => Check::Version(key.clone(), version),
                None => Check::Absent(key.clone()),
            });
            batch.puts.push((key, versioned(&record, place.version)));
            let timer = Timer::Upload(user, part.file_id);
            timers::put(self, &mut batch, timer, self.settings().media.unfinished_seconds);
            self.commit(batch).await?;
            desk.recorded(part.file_id, touched);
        }
        Ok(self.blobs().make(place.folder).await?)
    }

    /// Notes, once in a while, that an upload is alive, and puts another timer.
    async fn touch(&self, user: UserId, desk: &Desk, file_id: i64) -> Result<(), PlatformError> {
        let now = i64::from(self.now());
        let lifetime = self.settings().media.unfinished_seconds;
        let Some((record, version)) = desk.touch(file_id, now, lifetime / UPLOAD_TOUCH_FRACTION) else {
            return Ok(());
        };
        self.write_upload(user, file_id, (&record, version), lifetime).await
    }

    /// An upload was read: it goes soon, and earlier when room is needed.
    pub(super) async fn note_used(&self, user: UserId, desk: &Desk, file_id: i64) {
        let Some((record, version)) = desk.note_used(file_id, i64::from(self.now())) else { return };
        if let Err(error) = self.write_upload(user, file_id, (&record, version), USED_UPLOAD_SECONDS).await {
            tracing::debug!(%error, "an upload's use was not noted");
        }
    }

    /// Writes the next version of a record, and a timer.
    async fn write_upload(
        &self,
        user: UserId,
        file_id: i64,
        (record, version): (&UploadRecord, u64),
        after_seconds: i64,
    ) -> Result<(), PlatformError> {
        let key = record_key(user, file_id);
        let mut batch = Batch::new(Class::C3);
        batch.checks.push(Check::Version(key.clone(), version - 1));
        batch.puts.push((key, versioned(record, version)));
        timers::put(self, &mut batch, Timer::Upload(user, file_id), after_seconds);
        let outcome = self.commit(batch).await;
        if outcome.is_err() {
            self.shelves().desks.forget(user);
        }
        outcome
    }

    /// A timer of an upload came: removes it if it has rested long enough. Says whether it was removed.
    pub(super) async fn look_at_upload(&self, user: UserId, file_id: i64) -> Result<bool, PlatformError> {
        let Some(stored) = self.store().get(&record_key(user, file_id)).await? else { return Ok(false) };
        let record: UploadRecord = codec::decode(&stored.value)?;
        let lifetime = match record.stage {
            Stage::Open => self.settings().media.unfinished_seconds,
            Stage::Used | Stage::Adopted => USED_UPLOAD_SECONDS,
            Stage::Going => 0,
        };
        // Whoever touched it later put another timer.
        if record.touched.saturating_add(lifetime) > i64::from(self.now()) {
            return Ok(false);
        }
        if !self.shelves().desks.let_go(user, file_id) {
            let mut batch = Batch::new(Class::C3);
            timers::put(self, &mut batch, Timer::Upload(user, file_id), COLLECT_RETRY_SECONDS);
            self.commit(batch).await?;
            return Ok(false);
        }
        self.remove_upload(user, file_id).await?;
        Ok(true)
    }

    /// Removes an upload that is on no desk any more; an adopted one's folder stays, it is the medium's.
    async fn remove_upload(&self, user: UserId, file_id: i64) -> Result<(), PlatformError> {
        let key = record_key(user, file_id);
        let Some(stored) = self.store().get(&key).await? else { return Ok(()) };
        let mut record: UploadRecord = codec::decode(&stored.value)?;
        let mut version = stored.version;
        if record.stage != Stage::Adopted {
            record.stage = Stage::Going;
            let mut batch = Batch::new(Class::C3);
            batch.checks.push(Check::Version(key.clone(), version));
            version += 1;
            batch.puts.push((key.clone(), versioned(&record, version)));
            self.commit(batch).await?;
            self.blobs().remove(Folder(record.folder)).await?;
        }
        let mut batch = Batch::new(Class::C3);
        batch.checks.push(Check::Version(key.clone(), version));
        batch.deletes.push(key);
        self.commit(batch).await
    }
}

pub(super) fn versioned(record: &UploadRecord, version: u64) -> store::Record {
    store::Record { version, value: codec::encode(record) }
}
