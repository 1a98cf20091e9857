//! The connections that write: each group is one transaction, sent at once and answered at once.
//!
//! A lane is a row of `kentong_engine` that this server has taken, and a connection of its own; groups of different lanes are
//! under way beside each other. Every group first moves its lane's number by one under
//! the epoch that was given out when the lanes were taken, all at once: a server that was superseded, and a transaction that was given up
//! but is still under way somewhere, fail there. The number also tells, after a broken connection, which of the lane's groups
//! were written.

use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use futures::join;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

use super::plan::{Columns, Facts, Plan};
use super::session::{Road, Session};
use super::trouble::{self, Trouble};
use super::{sql, steady};
use crate::{Key, envelope, limits};

/// The lane that every server takes, however many it uses.
pub(super) const FIRST_LANE: i32 = 0;

/// The lanes of a database that this server has taken.
pub(super) struct Lanes {
    /// Those it uses.
    links: Vec<Arc<Link>>,
    /// Number of the last group of each lane there is when they were taken, also of those that it does not use.
    pub(super) seqs: Vec<i64>,
}

/// What the database says of a lane.
struct Row {
    lane: i32,
    epoch: i64,
    seq: i64,
}

/// A taken lane over one connection: what its groups under way share.
struct Link {
    session: Session,
    statements: Statements,
    lane: i32,
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

impl Lanes {
    /// Takes all lanes, from whoever had them, for `holder`.
    pub(super) async fn take(road: &Road, holder: &str, format: i32) -> Result<Self, Trouble> {
        Self::with(road, sql::TAKE_LANES, &[&holder, &format]).await
    }

    /// Takes the lanes again that `holder` has.
    pub(super) async fn retake(road: &Road, holder: &str) -> Result<Self, Trouble> {
        Self::with(road, sql::RETAKE_LANES, &[&holder]).await
    }

    async fn with(road: &Road, take: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Self, Trouble> {
        let work = async {
            let connecting = (0..road.options.lanes()).map(|_| connect(road));
            let connected = try_join_all(connecting).await?;
            let Some((first, _)) = connected.first() else { return Err(Trouble::Refused("there is no lane".into())) };
            let rows = first.client.query(take, parameters).await.map_err(|error| trouble::of(&error))?;
            Self::over(connected, rows.iter().map(Row::of).collect())
        };
        within(limits::DATABASE_COMMIT_TIMEOUT, work).await
    }

    fn over(connected: Vec<(Session, Statements)>, mut rows: Vec<Row>) -> Result<Self, Trouble> {
        rows.sort_unstable_by_key(|row| row.lane);
        let is_whole = rows.iter().zip(FIRST_LANE..).all(|(row, lane)| row.lane == lane);
        if !is_whole || rows.len() < connected.len() {
            return Err(Trouble::Fenced("another server has taken the database".into()));
        }
        let link = |((session, statements), row): ((Session, Statements), &Row)| {
            Arc::new(Link { session, statements, lane: row.lane, epoch: row.epoch })
        };
        let links = connected.into_iter().zip(&rows).map(link).collect();
        Ok(Self { links, seqs: rows.iter().map(|row| row.seq).collect() })
    }

    /// Writes `plan` whole as the group of this number of the lane, or not at all; one with nothing in it needs no number.
    pub(super) fn write(
        &self,
        lane: usize,
        plan: Plan,
        seq: i64,
    ) -> impl Future<Output = Result<(), Trouble>> + Send + use<> {
        let link = Arc::clone(&self.links[lane]);
        async move { if plan.is_empty() { Ok(()) } else { link.transaction(&plan, seq).await } }
    }

    /// The versions of these records as they are now.
    pub(super) async fn facts(&self, lane: usize, keys: Vec<Key>) -> Result<Facts, Trouble> {
        within(limits::DATABASE_COMMIT_TIMEOUT, self.links[lane].facts(keys)).await
    }
}

impl Row {
    fn of(row: &tokio_postgres::Row) -> Self {
        Self { lane: row.get(0), epoch: row.get(1), seq: row.get(2) }
    }
}

/// A connection that is fit to write.
async fn connect(road: &Road) -> Result<(Session, Statements), Trouble> {
    let session = road.connect().await.map_err(|error| trouble::of(&error))?;
    steady::check(&session.client, road.options.accept_unsafe).await.map_err(Trouble::Refused)?;
    let statements = Statements::prepare(&session).await.map_err(|error| trouble::of(&error))?;
    Ok((session, statements))
}

impl Link {
    /// All statements go out before the first answer is waited for. Once one fails the database does none of the later
    /// ones, and makes the commit a rollback.
    async fn transaction(&self, plan: &Plan, seq: i64) -> Result<(), Trouble> {
        let client = &self.session.client;
        let (asserted, heads) = plan.assertions();
        let changes = plan.changes();
        let fence: [&(dyn ToSql + Sync); 3] = [&self.lane, &self.epoch, &seq];
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
