//! The connection that writes: each group is one transaction, sent at once and answered at once.
//!
//! A lane is a row of `kentong_engine` that this server has taken. Every group first moves the row's number by one under
//! the epoch that was given out when the lane was taken: a server that was superseded, and a transaction that was given up
//! but is still under way somewhere, fail there. The number also tells, after a broken connection, whether the last group
//! was written.

use std::sync::Arc;
use std::time::Duration;

use futures::join;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

use super::plan::{Columns, Facts, Plan};
use super::session::{Road, Session};
use super::trouble::{self, Trouble};
use super::{sql, steady};
use crate::{Key, envelope, limits};

/// The one lane there is.
pub(super) const LANE: i32 = 0;

/// A taken lane over one connection.
pub(super) struct Lane {
    link: Arc<Link>,
    /// Number of the last group when the lane was taken.
    pub(super) seq: i64,
}

/// What groups under way share.
struct Link {
    session: Session,
    statements: Statements,
    epoch: i64,
}

struct Statements {
    fence: Statement,
    lock: Statement,
    assert: Statement,
    insert: Statement,
    upsert: Statement,
    delete: Statement,
    get: Statement,
}

impl Lane {
    /// Takes the lane, from whoever had it, for `holder`.
    pub(super) async fn take(road: &Road, holder: &str, format: i32) -> Result<Self, Trouble> {
        Self::with(road, sql::TAKE_LANE, &[&LANE, &holder, &format]).await
    }

    /// Takes the lane again that `holder` has.
    pub(super) async fn retake(road: &Road, holder: &str) -> Result<Self, Trouble> {
        Self::with(road, sql::RETAKE_LANE, &[&LANE, &holder]).await
    }

    async fn with(road: &Road, take: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Self, Trouble> {
        let work = async {
            let session = road.connect().await.map_err(|error| trouble::of(&error))?;
            steady::check(&session.client, road.options.accept_unsafe).await.map_err(Trouble::Refused)?;
            let statements = Statements::prepare(&session).await.map_err(|error| trouble::of(&error))?;
            let row = session.client.query_opt(take, parameters).await.map_err(|error| trouble::of(&error))?;
            let Some(row) = row else { return Err(Trouble::Fenced("another server has taken the database".into())) };
            Ok(Self { link: Arc::new(Link { session, statements, epoch: row.get(0) }), seq: row.get(1) })
        };
        within(limits::DATABASE_COMMIT_TIMEOUT, work).await
    }

    /// Writes `plan` whole as the group of this number, or not at all; one with nothing in it needs no number.
    pub(super) fn write(&self, plan: Plan, seq: i64) -> impl Future<Output = Result<(), Trouble>> + Send + use<> {
        let link = Arc::clone(&self.link);
        async move { if plan.is_empty() { Ok(()) } else { link.transaction(&plan, seq).await } }
    }

    /// The versions of these records as they are now.
    pub(super) async fn facts(&self, keys: Vec<Key>) -> Result<Facts, Trouble> {
        within(limits::DATABASE_COMMIT_TIMEOUT, self.link.facts(keys)).await
    }
}

impl Link {
    /// All statements go out before the first answer is waited for. Once one fails the database does none of the later
    /// ones, and makes the commit a rollback.
    async fn transaction(&self, plan: &Plan, seq: i64) -> Result<(), Trouble> {
        let client = &self.session.client;
        let (asserted, heads) = plan.assertions();
        let changes = plan.changes();
        let fence: [&(dyn ToSql + Sync); 3] = [&LANE, &self.epoch, &seq];
        let statements = &self.statements;
        let begun = client.batch_execute("BEGIN");
        let fenced = self.run_if(true, &statements.fence, &fence);
        let places: [&(dyn ToSql + Sync); 2] = [&asserted.owners, &asserted.keys];
        let locked = self.run_if(!asserted.is_empty(), &statements.lock, &places);
        let expected: [&(dyn ToSql + Sync); 3] = [&asserted.owners, &asserted.keys, &heads];
        let held = self.run_if(!asserted.is_empty(), &statements.assert, &expected);
        let deletes: [&(dyn ToSql + Sync); 2] = [&changes.deletes.owners, &changes.deletes.keys];
        let deleted = self.run_if(!changes.deletes.is_empty(), &statements.delete, &deletes);
        let inserts = columns(&changes.inserts);
        let inserted = self.run_if(!changes.inserts.is_empty(), &statements.insert, &inserts);
        let upserts = columns(&changes.upserts);
        let upserted = self.run_if(!changes.upserts.is_empty(), &statements.upsert, &upserts);
        let committed = client.batch_execute("COMMIT");
        // This macro polls in the order written: so they are sent.
        let told = join!(begun, fenced, locked, held, deleted, inserted, upserted, committed);
        // Without a beginning the others were transactions of their own: only the number can tell what became of them.
        told.0.map_err(|error| Trouble::Lost(trouble::chain(&error)))?;
        let first = told.1.and(told.2).and(told.3).and(told.4).and(told.5).and(told.6).and(told.7);
        first.map_err(|error| trouble::of(&error))
    }

    async fn run_if(&self, wanted: bool, statement: &Statement, values: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
        if wanted {
            self.session.client.execute(statement, values).await?;
        }
        Ok(())
    }

    async fn facts(&self, keys: Vec<Key>) -> Result<Facts, Trouble> {
        let columns = Columns::of(keys.iter());
        let rows = self.session.client.query(&self.statements.get, &[&columns.owners, &columns.keys]).await;
        let rows = rows.map_err(|error| trouble::of(&error))?;
        let mut facts: Facts = keys.iter().map(|key| (key.clone(), Ok(None))).collect();
        for row in rows {
            let place = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
            let Some(key) = keys.get(place) else { continue };
            let sealed = row.get::<_, &[u8]>(1).to_vec();
            facts.insert(key.clone(), envelope::open(key.as_bytes(), sealed.into()).map(|record| Some(record.version)));
        }
        Ok(facts)
    }
}

impl Statements {
    async fn prepare(session: &Session) -> Result<Self, Error> {
        let prepare = |text| session.client.prepare(text);
        Ok(Self {
            fence: prepare(sql::FENCE).await?,
            lock: prepare(sql::LOCK).await?,
            assert: prepare(sql::ASSERT).await?,
            insert: prepare(sql::INSERT).await?,
            upsert: prepare(sql::UPSERT).await?,
            delete: prepare(sql::DELETE).await?,
            get: prepare(sql::GET_MANY).await?,
        })
    }
}

fn columns<'a>(columns: &'a Columns<'_>) -> [&'a (dyn ToSql + Sync); 3] {
    [&columns.owners, &columns.keys, &columns.values]
}

/// A database that does not answer is as good as a broken connection.
async fn within<T>(bound: Duration, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(bound, work).await.unwrap_or_else(|_| Err(silent()))
}

/// The database did not answer in time.
pub(super) fn silent() -> Trouble {
    Trouble::Lost(format!("no answer within {} s", limits::DATABASE_COMMIT_TIMEOUT.as_secs()))
}
