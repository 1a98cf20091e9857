//! A snapshot: one transaction that sees the database as it was at its beginning, over a connection of its own.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;

use super::session::{Road, Session};
use super::{sql, trouble};
use crate::key::columns;
use crate::range::Range;
use crate::snapshot::Sealed;
use crate::{StoreError, limits};

/// A transaction that is held for a snapshot; its end is the end of its connection.
#[derive(Clone)]
pub(crate) struct Held {
    session: Arc<Session>,
    runtime: Handle,
    /// Counts the snapshots that are open.
    _place: Arc<()>,
}

impl Held {
    /// Begins the transaction; called on `runtime`.
    pub(super) async fn begin(road: &Road, runtime: Handle, place: Arc<()>) -> Result<Self, StoreError> {
        let unreadable = |error: tokio_postgres::Error| StoreError::Read(trouble::chain(&error));
        let session = road.connect().await.map_err(unreadable)?;
        session.client.batch_execute(sql::BEGIN_SNAPSHOT).await.map_err(unreadable)?;
        Ok(Self { session: Arc::new(session), runtime, _place: place })
    }

    /// What one chunk holds of the records within `rest`.
    pub(crate) async fn sealed(&self, rest: Range) -> Result<Sealed, StoreError> {
        let lost = || StoreError::Read("the snapshot was lost".into());
        let session = Arc::clone(&self.session);
        let read = async move { chunk(&session, &rest.0).await };
        let told = self.runtime.spawn(tokio::time::timeout(limits::DATABASE_READ_TIMEOUT, read)).await;
        told.map_err(|_| lost())?.map_err(|_| lost())?
    }
}

async fn chunk(session: &Session, from: &Bound<Vec<u8>>) -> Result<Sealed, StoreError> {
    let first = match from {
        Bound::Included(key) => key.clone(),
        Bound::Excluded(key) => [key.as_slice(), &[0]].concat(),
        Bound::Unbounded => Vec::new(),
    };
    let (owner, suffix) = columns(&first);
    let (rows_max, bytes_max) = (limits::SNAPSHOT_CHUNK_ROWS, limits::SNAPSHOT_CHUNK_BYTES as i64);
    let asked = session.client.query(sql::SNAPSHOT_CHUNK, &[&owner, &suffix, &rows_max, &bytes_max]).await;
    let rows = asked.map_err(|error| StoreError::Read(trouble::chain(&error)))?;
    Ok(Sealed::collect(rows.iter().map(|row| {
        let key: Vec<u8> = [row.get::<_, &[u8]>(0), row.get(1)].concat();
        Ok((key, Bytes::copy_from_slice(row.get(2))))
    })))
}

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Held")
    }
}
