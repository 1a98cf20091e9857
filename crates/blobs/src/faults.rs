//! Trouble on demand, for tests of whoever keeps bytes here.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::BlobError;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was done.
    Refused,
    /// All was done, and the answer was lost: a timeout.
    Lost,
}

/// Counts calls and makes one of them fail.
#[derive(Debug, Default)]
pub struct Faults {
    calls: AtomicU64,
    planned: Mutex<Option<(u64, Fault)>>,
}

impl Faults {
    /// The `nth` call from now (from 1) fails so; the others do not.
    pub fn fail_nth(&self, nth: u64, fault: Fault) {
        let call = self.calls.load(Ordering::Relaxed) + nth;
        *self.planned.lock() = Some((call, fault));
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Does the work, unless it is its turn to fail.
    pub(crate) async fn meet<T>(&self, work: impl Future<Output = Result<T, BlobError>>) -> Result<T, BlobError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let planned = (*self.planned.lock()).filter(|(planned, _)| *planned == call);
        match planned {
            None => work.await,
            Some((_, Fault::Refused)) => Err(BlobError::Trouble(format!("call {call} fails for a test"))),
            Some((_, Fault::Lost)) => {
                work.await?;
                Err(BlobError::Trouble(format!("call {call} times out for a test")))
            }
        }
    }
}
