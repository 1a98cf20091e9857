//! What key exchanges need and idle time can make ahead: `pq` products and `(a, g^a)` pairs (DESIGN, "Hot paths").
//!
//! Plain bounded lists. Each item is handed out once and never comes back. An empty stock is no failure: the taker makes
//! the item on the spot. Who refills, and when, is the business of whoever owns the threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::dh::{DhGroup, Share};
use crate::entropy::Entropy;
use crate::error::CryptoError;
use crate::limits::{STOCK_PQS, STOCK_SHARES};
use crate::pq::Pq;

/// The prepared items.
#[derive(Debug, Default)]
pub struct Stock {
    pqs: Mutex<Vec<Pq>>,
    shares: Mutex<Vec<Share>>,
}

impl Stock {
    /// One `pq`, from stock or made now.
    pub fn pq(&self, entropy: &mut dyn Entropy) -> Pq {
        let ready = lock(&self.pqs).pop();
        ready.unwrap_or_else(|| Pq::generate(entropy))
    }

    /// One pair, from stock or made now.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn share(&self, group: &DhGroup, entropy: &mut dyn Entropy) -> Result<Share, CryptoError> {
        let ready = lock(&self.shares).pop();
        ready.map_or_else(|| group.make_share(entropy), Ok)
    }

    /// Makes one item of each kind that is not full, which takes about half a millisecond. `false` when all is full.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn refill(&self, group: &DhGroup, entropy: &mut dyn Entropy) -> Result<bool, CryptoError> {
        let needs_pq = lock(&self.pqs).len() < STOCK_PQS;
        if needs_pq {
            put(&self.pqs, Pq::generate(entropy), STOCK_PQS);
        }
        let needs_share = lock(&self.shares).len() < STOCK_SHARES;
        if needs_share {
            put(&self.shares, group.make_share(entropy)?, STOCK_SHARES);
        }
        Ok(needs_pq || needs_share)
    }

    /// How many `pq` and how many pairs are ready.
    #[must_use]
    pub fn ready(&self) -> (usize, usize) {
        (lock(&self.pqs).len(), lock(&self.shares).len())
    }
}

/// A poisoned lock is taken all the same: the list behind it is whole after every operation.
fn lock<T>(list: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put<T>(list: &Mutex<Vec<T>>, item: T, bound: usize) {
    let mut list = lock(list);
    if list.len() < bound {
        list.push(item);
    }
}

#[cfg(test)]
mod tests;
