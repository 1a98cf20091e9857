//! The one thread that writes: it takes all that arrived while it wrote the last group, checks each batch, writes one
//! engine batch with one fsync, shows the new state to readers, and only then tells the callers.
//!
//! When a write fails, nothing of the group was acknowledged: its callers hear `Unknown`, what waits behind hears
//! `Unavailable`, readers stay on the last durable view, and the engine is reopened once there is room. Should the failed
//! group turn out to have reached the disk, it is taken back before anything new is written, so that no one who has looked
//! since then is contradicted. (After a crash at that very moment it may be there: that is what `Unknown` means.)

use std::sync::Arc;
use std::time::Instant;

use failpoint::failpoint;
use fjall::UserValue;

use super::engine::{Change, Engine, View, WriteError};
use super::journal::Journals;
use super::{Shared, Sight, opening, ring};
use crate::queue::{Item, Stop};
use crate::{StoreError, judge, limits};

/// The committer's own state.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    /// `None` while it is being reopened.
    engine: Option<Engine>,
    /// Number of the last durable group.
    head: u64,
    journals: Journals,
}

/// A batch and what becomes of it.
type Decided = (Item, Result<(), StoreError>);

/// A group that failed while being written, as the keys were before it.
struct Failed {
    error: WriteError,
    before: Vec<Change>,
}

impl Committer {
    pub(crate) fn new(shared: Arc<Shared>, engine: Engine, head: u64) -> Self {
        let journals = journals(&shared);
        Self { shared, engine: Some(engine), head, journals }
    }

    /// Writes until the store closes and nothing waits any more.
    pub(crate) fn run(mut self) {
        while let Some(items) = self.shared.queue.next_group() {
            if let Err(failed) = self.commit(items) {
                self.fail(failed);
            }
        }
        self.shared.show(Sight::Closed);
    }

    fn commit(&mut self, items: Vec<Item>) -> Result<(), Failed> {
        let sight = self.shared.sight.load_full();
        let (Some(engine), Ok(view)) = (self.engine.clone(), sight.view()) else {
            resolve_all(items, &StoreError::Unavailable("the engine is not open"));
            return Ok(());
        };
        if let Err(error) = wait_until_caught_up(&engine) {
            resolve_all(items, &StoreError::Unavailable("the engine failed"));
            return Err(Failed { error, before: Vec::new() });
        }
        let (decided, mut changes) = admit(items, view);
        if !changes.is_empty() {
            changes.push(ring::note(self.head + 1));
            failpoint!("store.commit.before_write");
            if let Err(error) = self.write(&engine, decided.len(), &changes) {
                resolve_failed(decided, &error);
                return Err(Failed { error, before: before(view, &changes) });
            }
        }
        failpoint!("store.commit.before_resolve");
        decided.into_iter().for_each(|(item, outcome)| item.resolve(outcome));
        self.journals.wrote(weight_bytes(&changes));
        Ok(())
    }

    fn write(&mut self, engine: &Engine, batches: usize, changes: &[Change]) -> Result<(), WriteError> {
        let started = Instant::now();
        failpoint!("store.commit.write", return Err(WriteError::injected()));
        engine.write(changes)?;
        failpoint!("store.commit.after_write", return Err(WriteError::injected()));
        self.head += 1;
        self.raise_high_water();
        failpoint!("store.commit.after_mark");
        self.shared.show(Sight::Open(engine.view()));
        metrics::STORE_SYNC_SECONDS.observe(started.elapsed().as_secs_f64());
        metrics::STORE_GROUP_BATCHES.observe(batches as f64);
        Ok(())
    }

    /// A mark that stays behind weakens the next opening's check, not the data: it is reported, not an error.
    fn raise_high_water(&self) {
        if let Err(error) = self.shared.high_water.raise(self.head) {
            tracing::error!(%error, "the high-water mark could not be written");
        }
    }

    /// Refuses everything until the engine is open again, if opening it can help.
    fn fail(&mut self, failed: Failed) {
        let Failed { error, before } = failed;
        tracing::error!(reason = error.reason, is_reopenable = error.is_reopenable, "a commit failed");
        self.shared.queue.stop(Stop::Failure);
        resolve_all(self.shared.queue.drain(), &StoreError::Unavailable("an earlier commit failed"));
        if !error.is_reopenable {
            tracing::error!("the store stays read-only until the process is started again");
            return;
        }
        while !self.shared.queue.nap_unless_closing(limits::REOPEN_INTERVAL) {
            if !self.shared.queue.is_stopped_by(Stop::Space) && self.try_reopen(&before) {
                return;
            }
        }
    }

    fn try_reopen(&mut self, before: &[Change]) -> bool {
        match self.reopen(before) {
            Ok(()) => {
                metrics::STORE_REOPENED.inc();
                tracing::info!(head = self.head, "the engine is open again");
                self.shared.queue.resume(Stop::Failure);
                true
            }
            Err(reason) => {
                tracing::error!(reason, "the engine could not be reopened");
                self.shared.show(Sight::Broken(reason));
                false
            }
        }
    }

    fn reopen(&mut self, before: &[Change]) -> Result<(), String> {
        self.shared.hide_view();
        self.engine = None;
        failpoint!("store.reopen");
        let folder = &self.shared.folder;
        super::engine::forget_cached_journals(&opening::engine_folder(folder)).map_err(|error| error.to_string())?;
        let engine = opening::open_engine(folder, &self.shared.options).map_err(|error| error.to_string())?;
        let sequence = ring::read(&engine.view()).map_err(|error| error.to_string())?;
        if sequence.head < self.head {
            return Err(format!("it ends at group {}, group {} was acknowledged", sequence.head, self.head));
        }
        if sequence.head > self.head {
            engine.write(before).map_err(|error| error.reason)?;
        }
        self.shared.show(Sight::Open(engine.view()));
        self.engine = Some(engine);
        self.journals = journals(&self.shared);
        Ok(())
    }
}

fn journals(shared: &Shared) -> Journals {
    Journals::new(opening::engine_folder(&shared.folder), Arc::clone(&shared.journals))
}

/// About what a group takes in the engine's journal.
fn weight_bytes(changes: &[Change]) -> u64 {
    let weight = |(key, value): &Change| key.len() + value.as_ref().map_or(0, |value| value.len());
    let items = changes.iter().map(|change| weight(change) + limits::JOURNAL_ITEM_BYTES).sum::<usize>();
    items as u64
}

/// Waits outside the engine while its tables pile up: inside it the wait could be for ever.
fn wait_until_caught_up(engine: &Engine) -> Result<(), WriteError> {
    engine.check_health()?;
    if !engine.is_behind() {
        return Ok(());
    }
    let started = Instant::now();
    while engine.is_behind() {
        engine.check_health()?;
        std::thread::sleep(limits::STALL_NAP);
    }
    metrics::STORE_STALL_SECONDS.observe(started.elapsed().as_secs_f64());
    Ok(())
}

/// Checks each batch in turn; returns what becomes of it if the group is written, and the group's changes, one a key.
///
/// A batch that is refused dooms its chains at once, but its caller is told only with the others, when the batches before
/// it are durable: someone who then reads must find them.
fn admit(items: Vec<Item>, view: &View) -> (Vec<Decided>, Vec<Change>) {
    let mut group = super::group::Group::new(view);
    let mut decided = Vec::with_capacity(items.len());
    for item in items {
        let outcome = group.admit(&item.batch);
        if outcome.is_err() {
            judge::doom_chains(&item.batch);
        }
        decided.push((item, outcome));
    }
    (decided, group.into_changes())
}

/// The group was perhaps written: what was refused was surely not.
fn resolve_failed(decided: Vec<Decided>, error: &WriteError) {
    for (item, outcome) in decided {
        item.resolve(outcome.and_then(|()| Err(StoreError::Unknown(error.reason.clone()))));
    }
}

/// The changes that undo `changes`. A key that cannot be read is left out: it could not be restored either.
fn before(view: &View, changes: &[Change]) -> Vec<Change> {
    let old = |key: &[u8]| Some(view.get(key).ok()?.map(|sealed| UserValue::from(&sealed[..])));
    changes.iter().filter_map(|(key, _)| Some((key.clone(), old(key)?))).collect()
}

fn resolve_all(items: Vec<Item>, error: &StoreError) {
    items.into_iter().for_each(|item| item.resolve(Err(error.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmbeddedOptions;
    use crate::embedded::opening::Opened;

    fn committer(folder: &std::path::Path) -> Committer {
        let options = EmbeddedOptions::default();
        let Opened { engine, high_water, head } = opening::open(folder, &options).expect("opens");
        let shared = Arc::new(Shared::new(folder, options, high_water, engine.view()));
        Committer::new(shared, engine, head)
    }

    fn change(value: &'static [u8]) -> Change {
        (b"key"[..].into(), Some(value.into()))
    }

    fn stored(committer: &Committer) -> Option<bytes::Bytes> {
        committer.shared.sight.load().view().expect("open").get(b"key").expect("reads")
    }

    /// A group whose write failed after it had reached the disk, which only the engine's reopening can show.
    #[test]
    fn a_failed_group_that_reached_the_disk_is_taken_back() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut committer = committer(folder.path());
        let engine = committer.engine.clone().expect("it is open");
        committer.write(&engine, 1, &[change(b"acknowledged"), ring::note(1)]).expect("writes");
        let failed = [change(b"failed"), ring::note(2)];
        let before = before(&engine.view(), &failed);
        engine.write(&failed).expect("reaches the disk");
        drop(engine);

        committer.reopen(&before).expect("opens again");
        assert_eq!(stored(&committer).as_deref(), Some(&b"acknowledged"[..]));
        let engine = committer.engine.clone().expect("it is open");
        assert_eq!(ring::read(&engine.view()).expect("reads"), ring::Sequence { head: 1, missing: None });
        committer.write(&engine, 1, &[change(b"next"), ring::note(2)]).expect("the number is free");
    }

    #[test]
    fn an_engine_that_comes_back_shorter_is_not_used() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut committer = committer(folder.path());
        committer.head = 1;
        let reason = committer.reopen(&[]).expect_err("group 1 was acknowledged and is not there");
        assert!(reason.contains("group 1 was acknowledged"), "{reason}");
    }
}
