//! Writing a backup while the server works.
//!
//! All records come from one snapshot of the store. Media are written once and never change, so they need no snapshot: it is
//! enough that none is removed until all are copied, and the removal of media waits for that. They are copied after the
//! records, by what the records in the draft say, so that the snapshot is open no longer than reading the store takes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use blobs::{BlobError, Blobs, Folder};
use failpoint::failpoint;
use platform::Platform;
use platform::keys::{self, kind, medium_suffix, user_suffix};
use platform::media::{self, MediumId, StoredObject};
use store::datadir::FORMAT_VERSION;
use store::{Key, Record, Skipped, Store, StoreError};

use super::content::{FileHead, Gap, Header, Totals, encode_records, object_name, to_json};
use super::files;
use super::format::Kind;
use super::limits::{PIECE_BYTES, PROGRESS_INTERVAL};
use super::reader::{Next, Reader};
use super::report::Report;
use super::walk::{Item, Walk};
use super::writer::Writer;

/// What a backup is made of.
#[derive(Clone)]
pub struct Source {
    /// For its clock, and to keep media from being removed.
    pub platform: Platform,
    /// Where the records are.
    pub store: Store,
    /// Where the media are.
    pub blobs: Blobs,
    /// The data folder.
    pub data: PathBuf,
}

/// Told now and then how far it is.
pub type Tell<'a> = &'a mut (dyn FnMut(&str) + Send);

/// Writes a backup to `target`, where nothing is yet. Dropped before it is done, it leaves nothing.
///
/// # Errors
/// When the store cannot be read or the backup not be written. What is damaged or missing is no error: it is left out, and
/// named in the backup and in the report.
pub async fn create(source: &Source, target: &Path, tell: Tell<'_>) -> Result<Report> {
    let started = Instant::now();
    let _held = source.platform.hold_media().await;
    let snapshot = source.store.snapshot().await.context("the store cannot be read")?;
    let header = Header {
        product: platform::product::NAME.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_format: FORMAT_VERSION,
        engine: source.store.engine().to_owned(),
        at_ms: source.platform.runtime().now_ms(),
    };
    let path = target.to_owned();
    let writer = tokio::task::spawn_blocking(move || Writer::create(&path)).await??;
    let draft_path = writer.draft().to_owned();
    let report = Report { header: Some(header.clone()), ..Report::new(&target.display().to_string()) };
    let mut draft = Draft { writer: Some(writer), totals: Totals::default(), report, tell, told: started };
    draft.frame(Kind::Header, to_json(&header)).await?;
    let frames = 1 + draft.records(snapshot).await?;
    draft.data_files(&source.data).await?;
    draft.flush().await?;
    failpoint!("backup.mid");
    draft.media(&source.blobs, &draft_path, frames).await?;
    draft.finish(started).await
}

/// A backup being written.
struct Draft<'a> {
    writer: Option<Writer>,
    totals: Totals,
    report: Report,
    tell: Tell<'a>,
    told: Instant,
}

impl Draft<'_> {
    /// Adds a frame, where it keeps nobody waiting.
    async fn frame(&mut self, kind: Kind, payload: Vec<u8>) -> Result<()> {
        failpoint!("backup.create.chunk", bail!("a failpoint"));
        let written = self.write(move |writer| writer.frame(kind, &payload)).await;
        self.tell();
        written
    }

    async fn write(&mut self, job: impl FnOnce(&mut Writer) -> Result<()> + Send + 'static) -> Result<()> {
        let Some(mut writer) = self.writer.take() else { bail!("an earlier frame could not be written") };
        let job = move || job(&mut writer).map(|()| writer);
        self.writer = Some(tokio::task::spawn_blocking(job).await??);
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        self.write(Writer::flush).await
    }

    fn tell(&mut self) {
        if self.told.elapsed() < PROGRESS_INTERVAL {
            return;
        }
        self.told = Instant::now();
        let written_mib = self.writer.as_ref().map_or(0, Writer::written) / (1024 * 1024);
        let Totals { records, objects, .. } = self.totals;
        (self.tell)(&format!("{records} records, {objects} objects of media, {written_mib} MiB written"));
    }

    async fn gap(&mut self, name: String, what: String) -> Result<()> {
        let gap = Gap { name, what };
        tracing::error!(name = gap.name, what = gap.what, "left out of the backup");
        self.totals.gaps += 1;
        self.frame(Kind::Gap, to_json(&gap)).await?;
        self.report.gaps.push(gap);
        Ok(())
    }

    /// Copies everything of the snapshot; says in how many frames.
    async fn records(&mut self, mut snapshot: store::Snapshot) -> Result<u32> {
        let mut frames = 0;
        loop {
            match snapshot.next_chunk().await {
                Ok(None) => return Ok(frames),
                Ok(Some(chunk)) => {
                    chunk.iter().for_each(|(key, record)| self.totals.count(key, record));
                    self.frame(Kind::Records, encode_records(&chunk)).await?;
                }
                Err(error) => {
                    let skipped = snapshot.skip_damaged().await.context("the store cannot be read")?;
                    let skipped = skipped.ok_or_else(|| error.clone()).context("the store cannot be read")?;
                    self.gap(name_of(&skipped), what_of(&error)).await?;
                }
            }
            frames += 1;
        }
    }

    async fn data_files(&mut self, data: &Path) -> Result<()> {
        let data = data.to_owned();
        for (head, path) in tokio::task::spawn_blocking(move || files::collect(&data)).await?? {
            let reading = tokio::task::spawn_blocking(move || {
                std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
            });
            let content = reading.await??;
            self.file(resized(head, content.len() as u64), content.chunks(PIECE_BYTES as usize)).await?;
        }
        Ok(())
    }

    async fn file(&mut self, head: FileHead, pieces: impl Iterator<Item = &[u8]>) -> Result<()> {
        self.totals.count_file(&head);
        self.frame(Kind::File, to_json(&head)).await?;
        for piece in pieces {
            self.frame(Kind::Bytes, piece.to_vec()).await?;
        }
        Ok(())
    }

    /// Copies the media that the records in the first `frames` frames of the draft name.
    async fn media(&mut self, blobs: &Blobs, draft: &Path, frames: u32) -> Result<()> {
        let mut reader = Reader::new(File::open(draft).context("cannot read the draft")?)?;
        let mut walk = Walk::default();
        for _ in 0..frames {
            let (next, rest) = tokio::task::spawn_blocking(move || (reader.next(), reader)).await?;
            reader = rest;
            let Next::Frame(frame) = next? else {
                bail!("the draft cannot be read back: the disk is not to be trusted")
            };
            let item = walk.take(frame).map_err(|what| anyhow::anyhow!("the draft is damaged: {what}"))?;
            if let Item::Records(records) = item {
                for (key, record) in records {
                    self.media_of(blobs, &key, &record).await?;
                }
            }
        }
        Ok(())
    }

    async fn media_of(&mut self, blobs: &Blobs, key: &Key, record: &Record) -> Result<()> {
        let (owner, suffix) = key.parts();
        match (owner.first(), suffix.first()) {
            (Some(&kind::MEDIUM), Some(&medium_suffix::RECORD)) if record.version == media::references::LIVE => {
                let Some(id) = keys::id_of_suffix(owner) else { return Ok(()) };
                match media::objects(MediumId(id), &record.value) {
                    Ok(objects) => self.medium(blobs, objects).await,
                    Err(error) => self.gap(format!("medium {id}"), error.to_string()).await,
                }
            }
            (Some(&kind::USER), Some(&user_suffix::UPLOAD)) => match media::upload_folder(&record.value) {
                Ok((folder, true)) => self.upload(blobs, folder).await,
                Ok((_, false)) => Ok(()),
                Err(error) => self.gap(format!("upload {suffix:02x?}"), error.to_string()).await,
            },
            _ => Ok(()),
        }
    }

    async fn medium(&mut self, blobs: &Blobs, objects: Vec<StoredObject>) -> Result<()> {
        for object in objects {
            let name = || object_name(object.folder.0, &object.name);
            match object.check(blobs).await {
                Ok(()) => {}
                Err(error @ BlobError::Trouble(_)) => return Err(error).context(name()),
                Err(error) => self.gap(name(), error.to_string()).await?,
            }
            // What is damaged is copied as it is: most of a damaged file can still be read.
            self.object(blobs, object.folder, &object.name).await.with_context(name)?;
        }
        Ok(())
    }

    /// Copies the parts of an upload that are there. Which there are is no promise of any record; a client sends those
    /// again that are not.
    async fn upload(&mut self, blobs: &Blobs, folder: Folder) -> Result<()> {
        for listed in blobs.list(folder).await? {
            self.object(blobs, folder, &listed.name).await?;
        }
        Ok(())
    }

    /// Copies an object as it lies there; nothing happens if there is none. An object is replaced as a whole or not at all,
    /// and one that is replaced while it is copied is no object of the snapshot's media.
    async fn object(&mut self, blobs: &Blobs, folder: Folder, name: &str) -> Result<()> {
        let Some(size) = blobs.size(folder, name).await? else { return Ok(()) };
        let mut content = Vec::new();
        let mut at = 0;
        while at < size {
            let end = size.min(at + PIECE_BYTES);
            match blobs.get_range(folder, name, at..end).await {
                Ok(piece) => content.push(piece),
                Err(BlobError::Missing(_) | BlobError::Short { .. }) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            at = end;
        }
        let head = FileHead::Media { folder: folder.0, name: name.to_owned(), size };
        self.file(head, content.iter().map(AsRef::as_ref)).await
    }

    async fn finish(mut self, started: Instant) -> Result<Report> {
        let totals = to_json(&self.totals);
        self.frame(Kind::End, totals).await?;
        let writer = self.writer.take().context("an earlier frame could not be written")?;
        let mut report = self.report;
        report.bytes = tokio::task::spawn_blocking(move || writer.finish()).await??;
        report.totals = self.totals;
        report.seconds = started.elapsed().as_secs_f64();
        Ok(report)
    }
}

/// A file that grew or shrank since it was listed.
fn resized(head: FileHead, size: u64) -> FileHead {
    match head {
        FileHead::Data { path, mode, .. } => FileHead::Data { path, mode, size },
        FileHead::Media { folder, name, .. } => FileHead::Media { folder, name, size },
    }
}

/// What was skipped, for people.
pub fn name_of(skipped: &Skipped) -> String {
    let key = |key: &Option<Key>, none: &str| key.as_ref().map_or(none.to_owned(), |key| hex::encode(key.as_bytes()));
    match skipped {
        Skipped::Record(damaged) => format!("the record {}", hex::encode(damaged.as_bytes())),
        Skipped::Stretch { after, before } => {
            let (after, before) = (key(after, "the beginning"), key(before, "the end"));
            format!("all records between {after} and {before}")
        }
    }
}

fn what_of(error: &StoreError) -> String {
    match error {
        StoreError::Damaged(what) => what.clone(),
        other => other.to_string(),
    }
}
