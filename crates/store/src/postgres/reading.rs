//! Reads: each is one statement, and so one snapshot.

use bytes::Bytes;
use deadpool_postgres::{Pool, PoolError};
use std::ops::Bound;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::plan::Columns;
use super::{session, sql, trouble};
use crate::key::columns;
use crate::range::{self, Range};
use crate::{Key, Page, Record, Scan, StoreError, envelope, limits};

/// Connections for reading.
pub(super) struct Reader {
    pool: Pool,
}

impl Reader {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    pub(super) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        if let [key] = keys {
            return Ok(vec![self.get(key).await?]);
        }
        let mut found = vec![None; keys.len()];
        let asked = Columns::of(keys.iter());
        for row in self.rows(sql::GET_MANY, &[&asked.owners, &asked.keys]).await? {
            let place = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
            if let (Some(key), Some(found)) = (keys.get(place), found.get_mut(place)) {
                *found = Some(envelope::open(key.as_bytes(), bytes_of(&row, 1))?);
            }
        }
        Ok(found)
    }

    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let (owner, suffix) = key.columns();
        let rows = self.rows(sql::GET_ONE, &[&owner, &suffix]).await?;
        rows.first().map(|row| envelope::open(key.as_bytes(), bytes_of(row, 0))).transpose()
    }

    pub(super) async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Some(covered) = range::covered(scan) else { return Ok(Page::default()) };
        let (owner, from, to) = within_owner(&covered);
        let rows_max = i64::try_from(scan.limit.saturating_add(1)).unwrap_or(i64::MAX);
        let bytes_max = i64::try_from(scan.max_bytes).unwrap_or(i64::MAX);
        let text = if scan.reverse { sql::SCAN_DOWN } else { sql::SCAN_UP };
        let rows = self.rows(text, &[&owner, &from, &to, &rows_max, &bytes_max]).await?;
        let walk = rows.iter().map(|row| Ok(([owner.as_slice(), row.get(0)].concat(), bytes_of(row, 1))));
        range::collect(scan, walk)
    }

    pub(super) async fn keys_in(&self, covered: &Range, limit: usize) -> Result<Vec<Key>, StoreError> {
        let (owner, from, to) = within_owner(covered);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.rows(sql::KEYS, &[&owner, &from, &to, &limit]).await?;
        Ok(rows.iter().map(|row| Key::from_encoded(&[owner.as_slice(), row.get(0)].concat())).collect())
    }

    /// Asks over a connection that works, if there is one.
    async fn rows(&self, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let mut attempts = 1;
        loop {
            match self.ask(text, values).await {
                Ok(rows) => return Ok(rows),
                Err(error) if attempts < limits::DATABASE_READ_ATTEMPTS && session::is_worth_another(&error) => {
                    attempts += 1;
                    tokio::time::sleep(limits::DATABASE_READ_NAP).await;
                }
                Err(error) => return Err(StoreError::Read(trouble::chain(&error))),
            }
        }
    }

    async fn ask(&self, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, PoolError> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(text).await?;
        Ok(client.query(&statement, values).await?)
    }
}

/// The owner, the first suffix and the first one behind the last, of a range within one owner.
fn within_owner(covered: &Range) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (Bound::Included(first) | Bound::Excluded(first)) = &covered.0 else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let (owner, from) = columns(first);
    let after_all = || vec![u8::MAX; limits::KEY_MAX_BYTES + 1];
    let to = match &covered.1 {
        Bound::Included(last) => [last.get(owner.len()..).unwrap_or_default(), &[0]].concat(),
        Bound::Excluded(end) => end.strip_prefix(owner).map_or_else(after_all, <[u8]>::to_vec),
        Bound::Unbounded => after_all(),
    };
    (owner.to_vec(), from.to_vec(), to)
}

fn bytes_of(row: &Row, column: usize) -> Bytes {
    Bytes::copy_from_slice(row.get(column))
}
