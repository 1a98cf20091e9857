//! What is read and written: records, batches, scans, and the future of a commit.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{Key, Owner, StoreError};

/// A stored value with the version its writer gave it (0 where nothing checks it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Set by the writer, compared by [`Check::Version`].
    pub version: u64,
    /// At most `limits::VALUE_MAX_BYTES`.
    pub value: Bytes,
}

/// What must hold for a batch to be written.
#[derive(Clone, Debug)]
pub enum Check {
    /// The key has no record.
    Absent(Key),
    /// The key's record has this version.
    Version(Key, u64),
}

/// Importance of a write, DESIGN §6: when the queue is past its bounds C3 is refused first, then C2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Resuming sessions.
    C0,
    /// Sending and receiving of signed-in people.
    C1,
    /// Sign-in and sign-up, new keys.
    C2,
    /// Imports, derived indexes, clean-up.
    C3,
}

/// Batches built on each other's pending state: once one fails, all later ones of the chain fail too.
///
/// It is seen to be broken only when everything of this chain or of the failed batch's owners that was enqueued before the failed batch
/// is decided and visible, so that whoever sees it can read the owner's state anew and miss nothing.
#[derive(Clone, Debug, Default)]
pub struct Chain(Arc<Links>);

#[derive(Debug, Default)]
struct Links {
    /// Decided by the engine: no later batch is written.
    is_doomed: AtomicBool,
    /// Told to the outside.
    is_broken: AtomicBool,
}

impl Chain {
    /// Whether a batch of this chain failed: the owner's pending state must be thrown away and read anew.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.0.is_broken.load(Ordering::Acquire)
    }

    /// Marks the chain as failed.
    pub fn break_off(&self) {
        self.doom();
        self.0.is_broken.store(true, Ordering::Release);
    }

    /// The same for clones of one chain, and for no other while it lives.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn doom(&self) {
        self.0.is_doomed.store(true, Ordering::Release);
    }

    pub(crate) fn is_doomed(&self) -> bool {
        self.0.is_doomed.load(Ordering::Acquire)
    }
}

/// Puts and deletes that are written together or not at all, after their checks held.
#[derive(Clone, Debug)]
pub struct Batch {
    /// All must hold.
    pub checks: Vec<Check>,
    /// Records to write; a later put of the same key wins.
    pub puts: Vec<(Key, Record)>,
    /// Which of the puts (by their place in `puts`, rising) are believed to be of keys that have no record yet. It spares an
    /// engine the look whether they do, and is no check: one that has a record all the same is overwritten.
    pub fresh: Vec<usize>,
    /// Keys to remove; absent ones are no error.
    pub deletes: Vec<Key>,
    /// Chains this batch belongs to (one a mailbox).
    pub chains: Vec<Chain>,
    /// For refusal under load.
    pub class: Class,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new(class: Class) -> Self {
        Self { checks: Vec::new(), puts: Vec::new(), fresh: Vec::new(), deletes: Vec::new(), chains: Vec::new(), class }
    }

    /// Adds a put with version 0.
    pub fn put(&mut self, key: Key, value: impl Into<Bytes>) {
        self.puts.push((key, Record { version: 0, value: value.into() }));
    }

    /// The same for a key that has no record yet, as far as the caller knows.
    pub fn put_fresh(&mut self, key: Key, value: impl Into<Bytes>) {
        self.fresh.push(self.puts.len());
        self.put(key, value);
    }
}

/// A walk over one owner's keys, on a snapshot.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Whose keys.
    pub owner: Owner,
    /// Only suffixes that begin with this.
    pub prefix: Vec<u8>,
    /// First suffix to return (whole suffix, inclusive), in the direction of the walk; `None` is the beginning of it.
    pub from: Option<Vec<u8>>,
    /// Last suffix to return (whole suffix, inclusive), in the direction of the walk.
    pub to: Option<Vec<u8>>,
    /// From the highest to the lowest.
    pub reverse: bool,
    /// Most items.
    pub limit: usize,
    /// Stop after the item that passes this many bytes of keys and values.
    pub max_bytes: usize,
}

/// What a scan found: suffixes and records in the order of the walk.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Suffix (without the owner) and record.
    pub items: Vec<(Vec<u8>, Record)>,
    /// Where to go on (pass as `from`); `None` when the range is exhausted.
    pub next: Option<Vec<u8>>,
}

/// Resolves once the batch is durable, or failed.
#[derive(Debug)]
pub struct Commit(pub(crate) oneshot::Receiver<Result<(), StoreError>>);

impl Future for Commit {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|outcome| outcome.unwrap_or_else(|_| Err(StoreError::Unknown("the committer stopped".into()))))
    }
}
