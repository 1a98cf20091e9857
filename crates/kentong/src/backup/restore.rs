//! Filling an empty data folder, and the store that is configured for it, from a backup.
//!
//! Nothing is a data folder before all of it is there: the folder is marked from the first byte to the last, and so is the
//! store. The backup is checked while it is read; at the first thing that is wrong everything is removed again.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use blobs::{Blobs, Folder};
use bytes::BytesMut;
use failpoint::failpoint;
use platform::inspect::Restarter;
use store::datadir::{FORMAT_VERSION, Unfinished};
use store::{Batch, Class, Commit, Key, Record, Store, StoreError};
use tokio::task::JoinSet;

use super::content::{FileHead, Header, Totals};
use super::files;
use super::limits::{COMMITS_IN_FLIGHT_MAX, FILE_MAX_BYTES, OBJECTS_IN_FLIGHT_MAX};
use super::reader::{Next, Reader};
use super::report::Report;
use super::walk::{Item, Walk};
use crate::config::Config;
use crate::open;

/// Bytes of keys and values in one batch, below the bound of the store.
const BATCH_BYTES: usize = store::limits::BATCH_MAX_BYTES - 128 * 1024;

/// Fills the data folder and the store of this configuration from the backup `file`.
///
/// # Errors
/// When either is not empty, and when the backup is damaged or newer: nothing is left then, except in a store on another
/// machine, which stays marked.
pub async fn restore(config: &Config, file: &Path) -> Result<Report> {
    let started = Instant::now();
    let mut reader = Reader::open(file)?;
    let mut walk = Walk::default();
    let header = first(&mut reader, &mut walk)?;
    let folder = Unfinished::begin(&config.data_dir())?;
    match fill(config, &folder, reader, walk).await {
        Ok((totals, mut report)) => {
            folder.finish()?;
            report.path = file.display().to_string();
            report.header = Some(header);
            report.totals = totals;
            report.seconds = started.elapsed().as_secs_f64();
            Ok(report)
        }
        Err(error) => {
            folder.discard().context("what was restored so far could not be removed")?;
            Err(error.context("nothing was restored"))
        }
    }
}

/// Reads the header, and refuses data that this program does not understand.
fn first(reader: &mut Reader<impl std::io::Read>, walk: &mut Walk) -> Result<Header> {
    let header = match next(reader, walk)? {
        Some(Item::Header(header)) => header,
        _ => bail!("the backup has no header"),
    };
    if header.data_format > FORMAT_VERSION {
        bail!(
            "the backup holds data of format {}, this program understands up to {FORMAT_VERSION}: use a newer one",
            header.data_format
        );
    }
    Ok(header)
}

/// The next item; `None` after the last, if everything was right.
fn next(reader: &mut Reader<impl std::io::Read>, walk: &mut Walk) -> Result<Option<Item>> {
    match reader.next()? {
        Next::Over => Ok(None),
        Next::Frame(frame) => {
            walk.take(frame).map(Some).map_err(|what| anyhow::anyhow!("the backup is damaged: {what}"))
        }
        Next::Damaged(what) | Next::Lost(what) => bail!("the backup is damaged: {what}"),
    }
}

async fn fill<R: std::io::Read + Send + 'static>(
    config: &Config,
    folder: &Unfinished,
    reader: Reader<R>,
    walk: Walk,
) -> Result<(Totals, Report)> {
    let store = open::open_store(config, folder.store_path()).await?;
    let filled = fill_opened(&store, folder, reader, walk).await;
    // Whatever came of it: nobody writes into the folder any more when this returns.
    tokio::task::spawn_blocking(move || store.close()).await?;
    filled
}

async fn fill_opened<R: std::io::Read + Send + 'static>(
    store: &Store,
    folder: &Unfinished,
    reader: Reader<R>,
    walk: Walk,
) -> Result<(Totals, Report)> {
    if store.snapshot().await?.next_chunk().await?.is_some() {
        bail!("the store is not empty: a backup is restored into an empty one");
    }
    let blobs = open::open_media(folder.path()).await?;
    let mut filling = Filling {
        folder,
        store,
        blobs: &blobs,
        commits: VecDeque::new(),
        puts: JoinSet::new(),
        restarter: Restarter::default(),
        file: None,
    };
    let outcome = filling.fill(reader, walk).await;
    // Objects are written where nobody can call it off: a failed restore waits for them, too.
    while filling.puts.join_next().await.is_some() {}
    outcome
}

/// What is being filled.
struct Filling<'a> {
    folder: &'a Unfinished,
    store: &'a Store,
    blobs: &'a Blobs,
    /// On their way to the disk, the oldest first.
    commits: VecDeque<Commit>,
    puts: JoinSet<Result<()>>,
    restarter: Restarter,
    /// The file whose bytes come.
    file: Option<(FileHead, BytesMut)>,
}

impl Filling<'_> {
    async fn fill<R: std::io::Read + Send + 'static>(
        &mut self,
        mut reader: Reader<R>,
        mut walk: Walk,
    ) -> Result<(Totals, Report)> {
        self.mark().await?;
        let mut report = Report::new("");
        loop {
            let item;
            (item, reader, walk) = tokio::task::spawn_blocking(move || {
                let item = next(&mut reader, &mut walk);
                (item, reader, walk)
            })
            .await?;
            match item? {
                None => break,
                Some(Item::Gap(gap)) => report.gaps.push(gap),
                Some(item) => self.take(item).await?,
            }
        }
        self.finish().await?;
        report.bytes = reader.at();
        Ok((walk.totals().clone(), report))
    }

    /// A store that is not whole says so.
    async fn mark(&mut self) -> Result<()> {
        let mut batch = Batch::new(Class::C1);
        batch.put(open::restoring_key(), Vec::new());
        Ok(self.store.commit(batch).await?)
    }

    async fn take(&mut self, item: Item) -> Result<()> {
        failpoint!("backup.restore.chunk");
        match item {
            Item::Records(records) => self.records(records).await,
            Item::File(file) if file.size() > FILE_MAX_BYTES => bail!("{} is larger than any file here", file.name()),
            Item::File(file) if file.size() == 0 => self.put(file, BytesMut::new()).await,
            Item::File(file) => {
                self.file = Some((file, BytesMut::new()));
                Ok(())
            }
            Item::Bytes(piece, is_last) => self.bytes(&piece, is_last).await,
            Item::Header(_) | Item::Gap(_) | Item::End => Ok(()),
        }
    }

    async fn records(&mut self, records: Vec<(Key, Record)>) -> Result<()> {
        let mut batch = Batch::new(Class::C1);
        let mut bytes = 0;
        let mut restarts = Vec::new();
        for (key, record) in records {
            restarts.extend(self.restarter.take(&key, &record));
            let more = key.as_bytes().len() + record.value.len();
            if bytes + more > BATCH_BYTES || batch.puts.len() >= store::limits::BATCH_MAX_RECORDS {
                self.enqueue(std::mem::replace(&mut batch, Batch::new(Class::C1))).await?;
                bytes = 0;
            }
            bytes += more;
            batch.fresh.push(batch.puts.len());
            batch.puts.push((key, record));
        }
        self.enqueue(batch).await?;
        self.restart(restarts).await
    }

    /// Has the clients of mailboxes that are whole start anew: they may have seen what the backup does not hold.
    async fn restart(&mut self, changes: Vec<(Key, Option<bytes::Bytes>)>) -> Result<()> {
        for some in changes.chunks(store::limits::BATCH_MAX_RECORDS / 2) {
            let mut batch = Batch::new(Class::C1);
            some.iter().cloned().for_each(|(key, value)| batch.put(key, value.unwrap_or_default()));
            self.enqueue(batch).await?;
        }
        Ok(())
    }

    async fn enqueue(&mut self, batch: Batch) -> Result<()> {
        loop {
            match self.store.enqueue(batch.clone()) {
                Ok(commit) => self.commits.push_back(commit),
                Err(StoreError::Unavailable(_)) if !self.commits.is_empty() => {
                    self.oldest().await?;
                    continue;
                }
                Err(error) => return Err(error).context("the store does not take the records"),
            }
            break;
        }
        while self.commits.len() > COMMITS_IN_FLIGHT_MAX {
            self.oldest().await?;
        }
        Ok(())
    }

    async fn oldest(&mut self) -> Result<()> {
        match self.commits.pop_front() {
            Some(commit) => commit.await.context("the store does not take the records"),
            None => Ok(()),
        }
    }

    async fn bytes(&mut self, piece: &[u8], is_last: bool) -> Result<()> {
        let Some((_, content)) = &mut self.file else { bail!("the backup has bytes of no file") };
        content.extend_from_slice(piece);
        match self.file.take_if(|_| is_last) {
            Some((file, content)) => self.put(file, content).await,
            None => Ok(()),
        }
    }

    async fn put(&mut self, file: FileHead, content: BytesMut) -> Result<()> {
        let name = file.name();
        match file {
            FileHead::Data { path, mode, .. } => {
                if !files::is_allowed(&path) {
                    bail!("the backup holds {path:?}, which is no file of a data folder");
                }
                let data = self.folder.path().to_owned();
                tokio::task::spawn_blocking(move || files::write(&data, &path, mode, &content)).await?
            }
            FileHead::Media { folder, name: object, .. } => {
                if !is_object_name(&object) {
                    bail!("the backup holds {name:?}, which is no object of media");
                }
                while self.puts.len() >= OBJECTS_IN_FLIGHT_MAX {
                    self.one_put().await?;
                }
                let blobs = self.blobs.clone();
                self.puts.spawn(async move {
                    blobs.make(Folder(folder)).await.with_context(|| name.clone())?;
                    blobs.put(Folder(folder), &object, content.freeze()).await.with_context(|| name)
                });
                Ok(())
            }
        }
    }

    async fn one_put(&mut self) -> Result<()> {
        match self.puts.join_next().await {
            Some(outcome) => outcome?,
            None => Ok(()),
        }
    }

    /// Waits for everything, and takes the mark away.
    async fn finish(&mut self) -> Result<()> {
        let last = self.restarter.finish();
        self.restart(last).await?;
        while !self.puts.is_empty() {
            self.one_put().await?;
        }
        while !self.commits.is_empty() {
            self.oldest().await?;
        }
        let mut batch = Batch::new(Class::C1);
        batch.deletes.push(open::restoring_key());
        Ok(self.store.commit(batch).await?)
    }
}

fn is_object_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= blobs::limits::NAME_MAX_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
