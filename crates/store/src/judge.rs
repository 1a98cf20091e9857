//! What decides over a batch before it is written: bounds, chains and checks. Shared by the engines.

use crate::{Batch, Chain, Check, Key, StoreError, limits};

/// Whether `batch` is within the bounds of `limits.rs`.
pub(crate) fn validate(batch: &Batch) -> Result<(), StoreError> {
    if batch.puts.len() + batch.deletes.len() + batch.checks.len() > limits::BATCH_MAX_RECORDS {
        return Err(StoreError::Limit("records in a batch"));
    }
    if batch.puts.iter().any(|(_, record)| record.value.len() > limits::VALUE_MAX_BYTES) {
        return Err(StoreError::Limit("value length"));
    }
    if weight_bytes(batch) > limits::BATCH_MAX_BYTES {
        return Err(StoreError::Limit("bytes in a batch"));
    }
    keys(batch).try_for_each(validate_key)
}

/// Whether `key` is within bounds.
pub(crate) fn validate_key(key: &Key) -> Result<(), StoreError> {
    if key.as_bytes().len() > limits::KEY_MAX_BYTES {
        return Err(StoreError::Limit("key length"));
    }
    if key.owner_bytes() > limits::OWNER_MAX_BYTES { Err(StoreError::Limit("owner length")) } else { Ok(()) }
}

/// Bytes of keys and values in `batch`.
pub(crate) fn weight_bytes(batch: &Batch) -> usize {
    let values: usize = batch.puts.iter().map(|(_, record)| record.value.len()).sum();
    keys(batch).map(|key| key.as_bytes().len()).sum::<usize>() + values
}

/// Every key that `batch` names.
pub(crate) fn keys(batch: &Batch) -> impl Iterator<Item = &Key> {
    let checked = batch.checks.iter().map(|check| match check {
        Check::Absent(key) | Check::Version(key, _) => key,
    });
    batch.puts.iter().map(|(key, _)| key).chain(&batch.deletes).chain(checked)
}

/// Whether `batch` may be written: no chain of it is broken and all its checks hold against `version_of`.
pub(crate) fn admit(
    batch: &Batch,
    mut version_of: impl FnMut(&Key) -> Result<Option<u64>, StoreError>,
) -> Result<(), StoreError> {
    if batch.chains.iter().any(Chain::is_doomed) {
        return Err(StoreError::Unavailable("an earlier batch of the chain failed"));
    }
    for check in &batch.checks {
        let holds = match check {
            Check::Absent(key) => version_of(key)?.is_none(),
            Check::Version(key, expected) => version_of(key)? == Some(*expected),
        };
        if !holds {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// Makes every later batch of a failed batch's chains fail too.
pub(crate) fn doom_chains(batch: &Batch) {
    batch.chains.iter().for_each(Chain::doom);
}

/// Shows that the chains of a failed batch are broken, once everything before it is decided and visible.
pub(crate) fn break_chains(batch: &Batch) {
    batch.chains.iter().for_each(Chain::break_off);
}
