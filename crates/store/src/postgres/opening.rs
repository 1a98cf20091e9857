//! Finding out whether the database can be used, and taking it.
//!
//! In this order: reach it, look what it is, refuse what is too new or unsafe, and only then take the lock that keeps a
//! second server out, make the tables and lanes that are missing, and take the lanes.

use std::path::PathBuf;
use std::time::Instant;

use tokio_postgres::Client;

use super::lane::{FIRST_LANE, Lanes};
use super::options::PostgresOptions;
use super::session::{Road, Session};
use super::shards::Shards;
use super::trouble::Trouble;
use super::{sql, steady, trouble};
use crate::datadir::FORMAT_VERSION;
use crate::high_water::{HighWater, Mark};
use crate::limits;

/// Why a database cannot be used; one line each, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It cannot be reached, or does not let us in.
    #[error("cannot reach the database {place}: {reason}")]
    Unreachable {
        /// Host, port and database.
        place: String,
        /// What the system or the database said.
        reason: String,
    },
    /// Another server runs on it.
    #[error(
        "the database {place} is in use by another server: stop that one first, or give this one a database of its own"
    )]
    InUse {
        /// Host, port and database.
        place: String,
    },
    /// A newer program has written to it.
    #[error("the database {place} has format {found}, this program understands up to {known}: use a newer one")]
    TooNew {
        /// Host, port and database.
        place: String,
        /// Its format.
        found: u32,
        /// The newest format this program understands.
        known: u32,
    },
    /// It came back without what was acknowledged.
    #[error(
        "the database {place} is at group {found}, group {known} was acknowledged: it lost writes (an old backup, a \
         standby that lagged?); restore the newest, or go on without them by `kentong doctor --salvage`"
    )]
    Shortened {
        /// Host, port and database.
        place: String,
        /// The number of a lane's last group.
        found: u64,
        /// The number of that lane's last group that was acknowledged.
        known: u64,
    },
    /// Nobody can tell whether it has all that was acknowledged.
    #[error(
        "the mark of the database {place}, {}, is damaged: restore it, or take the database as it is by \
         `kentong doctor --salvage`", mark.display()
    )]
    MarkDamaged {
        /// Host, port and database.
        place: String,
        /// The file that would know.
        mark: PathBuf,
    },
    /// It cannot be used as it is.
    #[error("the database {place} cannot be used: {reason}")]
    Unfit {
        /// Host, port and database.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A database that is ours.
pub(super) struct Opened {
    /// Holds the lock while it lasts.
    pub(super) guard: Session,
    pub(super) lock: i64,
    pub(super) lanes: Lanes,
    pub(super) shards: Shards,
    pub(super) holder: String,
    pub(super) high_water: Option<HighWater>,
}

/// What is wrong with the database.
struct Unfit(String);

/// Opens the database at the end of `road`.
pub(super) async fn open(road: &Road) -> Result<Opened, DatabaseError> {
    let place = || road.options.place();
    let unfit = |Unfit(reason)| DatabaseError::Unfit { place: place(), reason };
    let guard = tokio::time::timeout(limits::OPEN_TIMEOUT, road.connect()).await;
    let guard = guard.map_err(|_| "no answer".to_owned()).and_then(|told| told.map_err(|error| said(&error)));
    let guard = guard.map_err(|reason| DatabaseError::Unreachable { place: place(), reason })?;
    let schema = look_around(&guard.client, &road.options).await.map_err(unfit)?;
    if let Some(found) = format_of(&guard.client).await.map_err(unfit)?
        && found > FORMAT_VERSION
    {
        return Err(DatabaseError::TooNew { place: place(), found, known: FORMAT_VERSION });
    }
    let lock = lock_number(&schema);
    if !take_lock_patiently(&guard.client, lock, &road.options).await.map_err(unfit)? {
        return Err(DatabaseError::InUse { place: place() });
    }
    make_tables(&guard.client).await.map_err(unfit)?;
    let shards = distribute(&guard.client).await.map_err(unfit)?;
    let row = guard.client.query_one(sql::NEW_HOLDER, &[]).await.map_err(|error| unfit(error.into()))?;
    let holder: String = row.get(0);
    add_lanes(&guard.client, road.options.lanes()).await.map_err(unfit)?;
    let lanes = Lanes::take(road, &holder, FORMAT_VERSION as i32).await;
    let lanes = lanes.map_err(|trouble| unfit(Unfit(reason_of(trouble))))?;
    let high_water = compare(&lanes.seqs, &road.options)?;
    Ok(Opened { guard, lock, lanes, shards, holder, high_water })
}

/// Compares the numbers of the lanes' last groups with the marks beside the database, and opens those; new ones for a new
/// database, and for lanes that are new.
fn compare(found: &[i64], options: &PostgresOptions) -> Result<Option<HighWater>, DatabaseError> {
    let Some(path) = &options.mark else { return Ok(None) };
    let place = || options.place();
    let unusable = |error: std::io::Error| DatabaseError::Unfit {
        place: place(),
        reason: format!("its mark {} cannot be used: {error}", path.display()),
    };
    let (file, marks) = HighWater::open_lanes(path, found.len() as u64).map_err(unusable)?;
    let numbers: Vec<u64> = found.iter().map(|found| u64::try_from(*found).unwrap_or(0)).collect();
    let new_file = || HighWater::create_lanes(path, &numbers).map(Some).map_err(unusable);
    let Some(file) = file else {
        if found.iter().any(|found| *found > 0) {
            // A folder made before there were marks, or filled from a backup: whose it is the server's key tells.
            tracing::warn!(?found, "this data folder has not seen the database yet");
        }
        return new_file();
    };
    let lost = |(number, mark): (&u64, &Mark)| match mark {
        Mark::At(known) if known > number => {
            Some(DatabaseError::Shortened { place: place(), found: *number, known: *known })
        }
        Mark::Damaged => Some(DatabaseError::MarkDamaged { place: place(), mark: path.clone() }),
        _ => None,
    };
    match numbers.iter().zip(&marks).find_map(lost) {
        Some(_) if options.accept_loss => {
            tracing::warn!(?found, "the database is taken as it is");
            new_file()
        }
        Some(lost) => Err(lost),
        None => {
            let new = (0..).zip(&marks).zip(&numbers).filter(|((_, mark), _)| **mark == Mark::Missing);
            for ((lane, _), number) in new {
                file.begin_lane(lane, *number).map_err(unusable)?;
            }
            file.sync().map_err(unusable)?;
            Ok(Some(file))
        }
    }
}

/// Tries to take the lock once.
pub(super) async fn take_lock(client: &Client, lock: i64) -> Result<bool, tokio_postgres::Error> {
    Ok(client.query_one(sql::TAKE_LOCK, &[&lock]).await?.get(0))
}

/// The schema of the tables, if this is a database that can be written to and keeps what is written.
async fn look_around(client: &Client, options: &PostgresOptions) -> Result<String, Unfit> {
    let row = client.query_one(sql::WHERE, &[]).await?;
    let (schema, is_standby): (Option<String>, bool) = (row.get(0), row.get(1));
    if is_standby {
        return Err(Unfit("it is a standby, which takes no writes; name the primary".into()));
    }
    steady::check(client, options.accept_unsafe).await.map_err(Unfit)?;
    schema.ok_or_else(|| Unfit("the search_path names no schema that exists".into()))
}

/// The format of what is kept here; `None` where nothing is.
async fn format_of(client: &Client) -> Result<Option<u32>, Unfit> {
    let row = client.query_one(sql::HAS_TABLES, &[]).await?;
    match (row.get(0), row.get(1)) {
        (true, true) => {}
        (false, false) => return Ok(None),
        _ => return Err(Unfit("of the tables kentong_engine and kentong_records only one is there".into())),
    }
    let format: Option<i32> = client.query_one(sql::FORMAT, &[]).await?.get(0);
    let format = format.and_then(|format| u32::try_from(format).ok()).filter(|format| *format > 0);
    format.map(Some).ok_or_else(|| Unfit("its table kentong_engine does not say which format the data has".into()))
}

async fn take_lock_patiently(client: &Client, lock: i64, options: &PostgresOptions) -> Result<bool, Unfit> {
    let until = Instant::now() + options.lock_patience;
    while !take_lock(client, lock).await? {
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(limits::DATABASE_NAP).await;
    }
    Ok(true)
}

async fn make_tables(client: &Client) -> Result<(), Unfit> {
    // Looked at again, now that nobody else can make them.
    let has_tables: bool = client.query_one(sql::HAS_TABLES, &[]).await?.get(0);
    if has_tables {
        return Ok(());
    }
    client.batch_execute(&format!("BEGIN; {}; {}", sql::CREATE_RECORDS, sql::CREATE_ENGINE)).await?;
    client.execute(sql::ADD_LANE, &[&FIRST_LANE, &(FORMAT_VERSION as i32)]).await?;
    client.batch_execute("COMMIT").await?;
    tracing::info!("made the tables of a new store");
    Ok(())
}

/// Adds the lanes that no server used before; their numbers begin at 0.
async fn add_lanes(client: &Client, lanes: usize) -> Result<(), Unfit> {
    for lane in (FIRST_LANE..).take(lanes).skip(1) {
        client.execute(sql::ADD_LANE, &[&lane, &(FORMAT_VERSION as i32)]).await?;
    }
    Ok(())
}

/// Where the Citus extension is, spreads the records over its machines, all of an owner on one; the shards there are then.
async fn distribute(client: &Client) -> Result<Shards, Unfit> {
    let count = async |text| Ok::<i64, Unfit>(client.query_one(text, &[]).await?.get(0));
    if count(sql::HAS_CITUS).await? == 0 {
        return Ok(Shards::default());
    }
    if count(sql::IS_DISTRIBUTED).await? == 0 {
        client.batch_execute(sql::DISTRIBUTE).await?;
        tracing::info!("distributed the records by owner");
    }
    let shards = Shards::new(client.query(sql::SHARDS, &[]).await?.iter().map(|row| row.get(0)).collect());
    tracing::info!(shards = shards.count(), "groups form per shard");
    Ok(shards)
}

/// The advisory lock of the store in `schema`: locks are numbers that everybody in the database shares.
fn lock_number(schema: &str) -> i64 {
    let name = format!("kentong/{schema}");
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash.cast_signed()
}

fn reason_of(trouble: Trouble) -> String {
    match trouble {
        Trouble::Conflict => "it conflicts with itself".into(),
        Trouble::Again(reason) | Trouble::Fenced(reason) | Trouble::Refused(reason) | Trouble::Lost(reason) => reason,
    }
}

fn said(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| trouble::chain(error), trouble::line)
}

impl From<tokio_postgres::Error> for Unfit {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(said(&error))
    }
}
