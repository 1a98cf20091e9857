//! The record of a medium, its making, and the reading of its files.
//!
//! What a client uploaded is not copied: the folder of the upload becomes the medium's, and reading spans the parts. What
//! the server makes is one object each, in the medium's own folder. The record is committed after all of it is durable.

use std::sync::Arc;

use blobs::{BlobError, Folder};
use bytes::{Bytes, BytesMut};
use minicbor::{Decode, Encode};
use quick_cache::sync::Cache as QuickCache;
use store::{Batch, Check, Class, Key, Record};

use super::timers::{self, Timer};
use super::uploads::{self, Whole};
use super::{FileSource, MediumId, MediumKind, NewMedium, StoredObject, UploadedFile, Variant, damage};
use crate::codec::{self, Stored};
use crate::keys::{self, medium_suffix};
use crate::limits::CONFLICT_ATTEMPTS_MAX;
use crate::limits::media::{
    CHUNK_MAX_BYTES, FILES_PER_MEDIUM_MAX, MEDIUM_CACHE_ITEMS, MIME_MAX_BYTES, USED_UPLOAD_SECONDS,
};
use crate::{Platform, PlatformError, Refusal, UserId};

/// Records of media that were read lately.
pub(crate) struct Cache(QuickCache<MediumId, Arc<MediumRecord>>);

impl Default for Cache {
    fn default() -> Self {
        Self(QuickCache::new(MEDIUM_CACHE_ITEMS))
    }
}

impl Cache {
    pub(super) fn forget(&self, medium: MediumId) {
        self.0.remove(&medium);
    }
}

/// The version of the record of a medium that is not being removed.
pub(super) const LIVE: u64 = 1;
/// The version of the record of a medium that is being removed.
pub(super) const GOING: u64 = 2;

pub(super) fn record_key(medium: MediumId) -> Key {
    Key::new(&keys::medium(medium), &[medium_suffix::RECORD])
}

/// The folder of what the server made for a medium.
pub(crate) fn own_folder(medium: MediumId) -> Folder {
    Folder(medium.0.cast_unsigned())
}

/// What is stored of a medium.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct MediumRecord {
    #[n(0)]
    pub kind: MediumKind,
    #[n(1)]
    pub uploader: UserId,
    #[n(2)]
    pub date: i32,
    #[n(3)]
    pub mime: String,
    #[n(4)]
    pub files: Vec<FileRecord>,
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub description: Vec<u8>,
}

impl Stored for MediumRecord {
    const WHAT: &'static str = "medium";
}

impl MediumRecord {
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The record of a medium that never was, for its removal.
    pub fn nothing() -> Self {
        let (kind, uploader) = (MediumKind::Document, UserId(0));
        Self { kind, uploader, date: 0, mime: String::new(), files: Vec::new(), description: Vec::new() }
    }

    /// Every folder that holds bytes of this medium, besides its own.
    pub fn folders(&self) -> impl Iterator<Item = Folder> {
        self.files.iter().filter_map(|file| match file.layout {
            Layout::One => None,
            Layout::Parts { folder, .. } => Some(Folder(folder)),
        })
    }

    fn file(&self, variant: Variant) -> Option<&FileRecord> {
        self.files.iter().find(|file| file.variant == variant.to_byte())
    }
}

/// What is stored of a file of a medium.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct FileRecord {
    /// The letter of its size; 0 is the original.
    #[n(0)]
    pub variant: u8,
    /// In bytes.
    #[n(1)]
    pub size: u64,
    #[n(2)]
    pub layout: Layout,
    /// Its objects carry checksums; those of earlier releases did not.
    #[n(3)]
    #[cbor(default)]
    pub is_sealed: bool,
}

impl FileRecord {
    /// The object with the byte at this place, and where the object begins.
    fn object_at(&self, id: MediumId, at: u64) -> (StoredObject, u64) {
        let is_sealed = self.is_sealed;
        let Layout::Parts { folder, part_size } = self.layout else {
            let name = Variant::of_byte(self.variant).name();
            return (StoredObject { folder: own_folder(id), name, size: self.size, is_sealed }, 0);
        };
        let part_size = u64::from(part_size).max(1);
        let start = at / part_size * part_size;
        let (name, size) = ((at / part_size).to_string(), part_size.min(self.size.saturating_sub(start)));
        (StoredObject { folder: Folder(folder), name, size, is_sealed }, start)
    }

    /// All its objects.
    pub fn objects(&self, id: MediumId) -> impl Iterator<Item = StoredObject> {
        let first = Some(self.object_at(id, 0));
        let next = move |(object, start): &(StoredObject, u64)| {
            let end = start + object.size;
            (end < self.size && object.size > 0).then(|| self.object_at(id, end))
        };
        std::iter::successors(first, next).map(|(object, _)| object)
    }
}

/// How a file lies on the disk.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub(super) enum Layout {
    /// One object in the medium's own folder.
    #[n(0)]
    One,
    /// The parts of an upload, in its folder.
    #[n(1)]
    Parts {
        #[n(0)]
        folder: u64,
        /// Of every part but the last, in bytes.
        #[n(1)]
        part_size: u32,
    },
}

impl Variant {
    fn to_byte(self) -> u8 {
        match self {
            Self::Original => 0,
            Self::Size(letter) => letter,
        }
    }

    fn of_byte(byte: u8) -> Self {
        if byte == 0 { Self::Original } else { Self::Size(byte) }
    }

    fn is_valid(self) -> bool {
        matches!(self, Self::Original | Self::Size(b'a'..=b'z' | b'A'..=b'Z'))
    }

    /// The name of its object; parts of uploads have numbers.
    fn name(self) -> String {
        match self {
            Self::Original => "original".to_owned(),
            Self::Size(letter) => char::from(letter).to_string(),
        }
    }
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChunk {
    /// What was asked for; fewer bytes where the file ends.
    pub bytes: Bytes,
    /// The media type of the medium.
    pub mime: String,
    /// When the medium was made, in seconds.
    pub date: i32,
    /// The size of the whole file, in bytes.
    pub size: u64,
}

/// What a medium is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Its number.
    pub id: MediumId,
    /// Photo or document.
    pub kind: MediumKind,
    /// Who uploaded it.
    pub uploader: UserId,
    /// When it was made, in seconds.
    pub date: i32,
    /// The media type.
    pub mime: String,
    /// Its files and their sizes in bytes.
    pub files: Vec<(Variant, u64)>,
    /// As [`NewMedium::description`].
    pub description: Vec<u8>,
    /// What [`super::references::add`] is told.
    pub version: u64,
}

/// A file on its way into a medium.
enum Part {
    Made(Variant, Bytes),
    Uploaded(Variant, Whole),
}

impl Platform {
    /// Makes a medium; it stays for the grace, and for as long as somebody holds it.
    ///
    /// # Errors
    /// As [`Platform::upload_size`], [`Refusal::Md5ChecksumInvalid`], [`Refusal::StorageQuotaExceeded`],
    /// [`Refusal::FloodWait`] while parts of the upload are still being written, trouble of the storage.
    pub async fn create_medium(&self, user: UserId, new: NewMedium) -> Result<MediumId, PlatformError> {
        check(&new)?;
        let mut parts = Vec::with_capacity(new.files.len());
        for (variant, source) in new.files {
            parts.push(match source {
                FileSource::Bytes(bytes) => Part::Made(variant, bytes),
                FileSource::Upload(file) => Part::Uploaded(variant, self.checked_upload(user, &file).await?),
            });
        }
        let id = MediumId((self.random_i64() & i64::MAX).max(1));
        let (kind, mime, description) = (new.kind, new.mime, new.description);
        let mut record = MediumRecord { kind, uploader: user, date: self.now(), mime, files: Vec::new(), description };
        self.check_quota(user, parts.iter().map(Part::size).sum()).await?;
        record.files = self.place_files(id, &parts).await?;
        let taken: Vec<Whole> = parts.iter().filter_map(Part::taken).collect();
        self.record_medium(id, &record, &taken).await?;
        Ok(id)
    }

    async fn checked_upload(&self, user: UserId, file: &UploadedFile) -> Result<Whole, PlatformError> {
        let whole = self.whole_upload(user, file).await?;
        self.check_sum(file, &whole).await?;
        Ok(whole)
    }

    /// Writes what is not there yet. Its timer is put first: what a crash leaves is removed when that comes.
    async fn place_files(&self, id: MediumId, parts: &[Part]) -> Result<Vec<FileRecord>, PlatformError> {
        if parts.iter().any(|part| part.taken().is_none()) {
            let mut intent = Batch::new(Class::C3);
            timers::put(self, &mut intent, Timer::Medium(id), self.settings().media.grace_seconds);
            self.commit(intent).await?;
            self.blobs().make(own_folder(id)).await?;
        }
        let mut files = Vec::with_capacity(parts.len());
        for part in parts {
            files.push(self.place_file(id, part).await?);
        }
        Ok(files)
    }

    async fn place_file(&self, id: MediumId, part: &Part) -> Result<FileRecord, PlatformError> {
        let own = own_folder(id);
        match part {
            Part::Made(variant, bytes) => {
                self.blobs().put_sealed(own, &variant.name(), bytes.clone()).await?;
                let (variant, size, layout) = (variant.to_byte(), bytes.len() as u64, Layout::One);
                Ok(FileRecord { variant, size, layout, is_sealed: true })
            }
            Part::Uploaded(variant, whole) => {
                if whole.is_adopted {
                    self.copy_parts(whole, own).await?;
                }
                let folder = if whole.is_adopted { own } else { whole.folder };
                let layout = Layout::Parts { folder: folder.0, part_size: whole.part_size };
                let (variant, size, is_sealed) = (variant.to_byte(), whole.size, whole.is_sealed);
                Ok(FileRecord { variant, size, layout, is_sealed })
            }
        }
    }

    /// An upload that became a medium is used once more: the new medium gets parts of its own.
    async fn copy_parts(&self, whole: &Whole, own: Folder) -> Result<(), PlatformError> {
        for part in 0..whole.count {
            let name = part.to_string();
            match self.blobs().copy((whole.folder, &name), (own, &name)).await {
                Err(BlobError::Missing(_)) => return Err(Refusal::FilePartMissing(part).into()),
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Commits the record, takes the uploads over, counts the bytes and puts the timer, all at once.
    async fn record_medium(&self, id: MediumId, record: &MediumRecord, taken: &[Whole]) -> Result<(), PlatformError> {
        let user = record.uploader;
        let desk = self.desk(user).await?;
        let mut batch = Batch::new(Class::C1);
        batch.checks.push(Check::Absent(record_key(id)));
        batch.puts.push((record_key(id), Record { version: LIVE, value: codec::encode(record) }));
        timers::put(self, &mut batch, Timer::Medium(id), self.settings().media.grace_seconds);
        let seized = desk.seize(taken, id, i64::from(self.now())).ok_or(Refusal::FloodWait(1))?;
        let mut doubt = Doubt { desks: &self.shelves().desks, user, is_over: taken.is_empty() };
        for (whole, (upload, version)) in taken.iter().zip(seized) {
            let key = uploads::record_key(user, whole.file_id);
            batch.checks.push(Check::Version(key.clone(), version - 1));
            batch.puts.push((key, uploads::versioned(&upload, version)));
            timers::put(self, &mut batch, Timer::Upload(user, whole.file_id), USED_UPLOAD_SECONDS);
        }
        self.commit_counted(batch, user, (record.size(), 0)).await?;
        taken.iter().for_each(|whole| desk.adopted(whole));
        doubt.is_over = true;
        Ok(())
    }

    /// Commits a batch together with the change of a person's count.
    pub(super) async fn commit_counted(
        &self,
        batch: Batch,
        user: UserId,
        change: (u64, u64),
    ) -> Result<(), PlatformError> {
        let mut outcome = Ok(());
        for _ in 0..CONFLICT_ATTEMPTS_MAX {
            let mut counted = batch.clone();
            self.count_storage(&mut counted, user, change).await?;
            outcome = self.commit(counted).await;
            if !matches!(&outcome, Err(error) if error.is_conflict()) {
                break;
            }
        }
        outcome
    }

    /// What is recorded of a medium; `None` when it is gone or going.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn medium(&self, id: MediumId) -> Result<Option<Medium>, PlatformError> {
        let record = self.medium_record(id).await?;
        Ok(record.map(|record| Medium {
            id,
            kind: record.kind,
            uploader: record.uploader,
            date: record.date,
            mime: record.mime.clone(),
            files: record.files.iter().map(|file| (Variant::of_byte(file.variant), file.size)).collect(),
            description: record.description.clone(),
            version: LIVE,
        }))
    }

    async fn medium_record(&self, id: MediumId) -> Result<Option<Arc<MediumRecord>>, PlatformError> {
        let cache = &self.shelves().media.0;
        if let Some(record) = cache.get(&id) {
            return Ok(Some(record));
        }
        let stored = self.store().get(&record_key(id)).await?;
        let Some(stored) = stored.filter(|stored| stored.version == LIVE) else { return Ok(None) };
        let record = Arc::new(codec::decode::<MediumRecord>(&stored.value)?);
        cache.insert(id, record.clone());
        Ok(Some(record))
    }

    /// A piece of a file: at most `limit` bytes (and `limits::media::CHUNK_MAX_BYTES`) from `offset`; none at and behind
    /// its end. Only what is asked for is read from the disk.
    ///
    /// # Errors
    /// [`Refusal::LocationInvalid`] when there is no such file or it is damaged, trouble of the storage.
    pub async fn read_medium(
        &self,
        id: MediumId,
        variant: Variant,
        offset: u64,
        limit: u32,
    ) -> Result<FileChunk, PlatformError> {
        let record = self.medium_record(id).await?.ok_or(Refusal::LocationInvalid)?;
        let file = record.file(variant).ok_or(Refusal::LocationInvalid)?;
        let end = offset.saturating_add(limit.min(CHUNK_MAX_BYTES).into()).min(file.size);
        let bytes = if offset < end { self.read_file(id, file, offset..end).await? } else { Bytes::new() };
        metrics::MEDIA_READ_BYTES.add(bytes.len() as u64);
        Ok(FileChunk { bytes, mime: record.mime.clone(), date: record.date, size: file.size })
    }

    /// All bytes of a file of at most `max` bytes.
    ///
    /// # Errors
    /// As [`Platform::read_medium`], [`Refusal::FileTooBig`].
    pub async fn medium_bytes(&self, id: MediumId, variant: Variant, max: u64) -> Result<Bytes, PlatformError> {
        let record = self.medium_record(id).await?.ok_or(Refusal::LocationInvalid)?;
        let file = record.file(variant).ok_or(Refusal::LocationInvalid)?;
        if file.size > max {
            return Err(Refusal::FileTooBig.into());
        }
        self.read_file(id, file, 0..file.size).await
    }

    async fn read_file(
        &self,
        id: MediumId,
        file: &FileRecord,
        range: std::ops::Range<u64>,
    ) -> Result<Bytes, PlatformError> {
        let mut read = BytesMut::new();
        let mut at = range.start;
        while at < range.end {
            let (object, start) = file.object_at(id, at);
            let end = range.end.min(start + object.size);
            let piece = match object.read(self.blobs(), at - start..end - start).await {
                Err(error) if error.is_damage() => return Err(self.lost(id, &object, &error).await?),
                outcome => outcome?,
            };
            at = end;
            if read.is_empty() && at >= range.end {
                return Ok(piece);
            }
            read.extend_from_slice(&piece);
        }
        Ok(read.freeze())
    }

    /// What to answer when an object of a medium cannot be had. That a medium is removed while somebody reads it is no
    /// trouble; anything else is damage. Neither gets better by asking again, which trouble of the storage would invite to.
    async fn lost(
        &self,
        id: MediumId,
        object: &StoredObject,
        error: &BlobError,
    ) -> Result<PlatformError, PlatformError> {
        self.shelves().media.forget(id);
        if self.medium_record(id).await?.is_some() {
            damage::report("medium", object, error);
            tracing::error!(medium = %id, "the file is not given out");
        }
        Ok(Refusal::LocationInvalid.into())
    }
}

impl Part {
    fn size(&self) -> u64 {
        match self {
            Self::Made(_, bytes) => bytes.len() as u64,
            Self::Uploaded(_, whole) => whole.size,
        }
    }

    /// The upload whose folder becomes the medium's.
    fn taken(&self) -> Option<Whole> {
        match self {
            Self::Uploaded(_, whole) if !whole.is_adopted => Some(*whole),
            _ => None,
        }
    }
}

/// While it is not over, nobody knows whose the seized uploads are: what is thought of them is then read anew.
struct Doubt<'a> {
    desks: &'a uploads::Desks,
    user: UserId,
    is_over: bool,
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.desks.forget(self.user);
        }
    }
}

fn check(new: &NewMedium) -> Result<(), Refusal> {
    let variants: Vec<Variant> = new.files.iter().map(|(variant, _)| *variant).collect();
    let uploads: Vec<i64> = new.files.iter().filter_map(|(_, source)| source.file_id()).collect();
    let is_distinct =
        |position: usize| !variants[..position].contains(&variants[position]) && variants[position].is_valid();
    let is_sound = !variants.is_empty()
        && variants.len() <= FILES_PER_MEDIUM_MAX
        && new.mime.len() <= MIME_MAX_BYTES
        && (0..variants.len()).all(is_distinct)
        && (0..uploads.len()).all(|position| !uploads[..position].contains(&uploads[position]));
    if is_sound { Ok(()) } else { Err(Refusal::MediaInvalid) }
}

impl FileSource {
    fn file_id(&self) -> Option<i64> {
        match self {
            Self::Upload(file) => Some(file.file_id),
            Self::Bytes(_) => None,
        }
    }
}
