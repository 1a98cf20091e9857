//! Holds the lock that keeps a second server out, and notices at once when the database goes away.
//!
//! The lock is politeness, for one clear line at the start of the second server; that nobody writes who should not is the
//! fence's doing. A session that lost the lock takes it again, or stops the store when another server was quicker.

use std::sync::Arc;

use super::lane::FIRST_LANE;
use super::session::Session;
use super::{Shared, opening, sql};
use crate::limits;
use crate::queue::Stop;

/// Watches over `session`, which has the lock, and its successors.
pub(super) async fn watch(shared: Arc<Shared>, mut session: Session, lock: i64) {
    loop {
        session.ended().await;
        tracing::warn!("the database went away");
        shared.queue.stop(Stop::Away);
        session = reach(&shared).await;
        shared.queue.resume(Stop::Away);
        if !take_lock(&shared, &session, lock).await {
            return;
        }
    }
}

async fn reach(shared: &Shared) -> Session {
    loop {
        tokio::time::sleep(limits::DATABASE_NAP).await;
        if let Ok(session) = shared.road.connect().await {
            return session;
        }
    }
}

/// Waits for the lock, which the database may still believe our old session to have; false when another server has taken
/// the lanes, also one that had it only while the database was away from here: nobody may write for long hours, and what is
/// read here would be out of date.
async fn take_lock(shared: &Shared, session: &Session, lock: i64) -> bool {
    loop {
        let taken = opening::take_lock(&session.client, lock).await;
        let holder = session.client.query_opt(sql::HOLDER, &[&FIRST_LANE]).await;
        if let Ok(Some(row)) = holder
            && row.get::<_, String>(0) != shared.holder
        {
            shared.fence("another server has taken the database");
            return false;
        }
        match taken {
            Ok(false) => tokio::time::sleep(limits::DATABASE_NAP).await,
            // With an error the session broke again: the watch goes on.
            Ok(true) | Err(_) => return true,
        }
    }
}
