//! Many values through a cache in one read of the store.

use std::future::Future;
use std::hash::Hash;
use std::time::Duration;

use quick_cache::sync::{Cache, GuardResult};

use crate::PlatformError;

/// The values of `keys`, in their order; those not cached are loaded together by `load`, which answers in the order it is
/// asked.
///
/// A value that is removed from the cache while it is being loaded is not put into it: remove after the commit, and the
/// cache never keeps what the commit replaced.
pub(crate) async fn get_many<K, V, L, F>(cache: &Cache<K, V>, keys: &[K], load: L) -> Result<Vec<V>, PlatformError>
where
    K: Clone + Eq + Hash,
    V: Clone,
    L: FnOnce(Vec<K>) -> F,
    F: Future<Output = Result<Vec<V>, PlatformError>>,
{
    let mut values: Vec<Option<V>> = Vec::with_capacity(keys.len());
    let mut missing = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        // No waiting for another loader: waiting while holding guards of our own could wait in a circle.
        let (value, guard) = match cache.get_value_or_guard(key, Some(Duration::ZERO)) {
            GuardResult::Value(value) => (Some(value), None),
            GuardResult::Guard(guard) => (None, Some(guard)),
            GuardResult::Timeout => (None, None),
        };
        if value.is_none() {
            missing.push((index, guard));
        }
        values.push(value);
    }
    if !missing.is_empty() {
        let loaded = load(missing.iter().map(|(index, _)| keys[*index].clone()).collect()).await?;
        for ((index, guard), value) in missing.into_iter().zip(loaded) {
            if let Some(guard) = guard {
                let _removed_meanwhile = guard.insert(value.clone());
            }
            values[index] = Some(value);
        }
    }
    Ok(values.into_iter().flatten().collect())
}
