//! A population for measurements: people with keys that the fleet can work out again, written through the platform into an
//! empty data folder. Such a folder is fit for nothing else, since everybody can work out those keys.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use mtproto::envelope::AuthKey;
use platform::people::seeding::Seedling;
use platform::{AuthKeyId, AuthKeyKind, NewAuthKey};
use storm::flood::seeds::{self, Kind};

use crate::config::Config;
use crate::open;

/// People being written at a time, in people: what the store's committer takes into one sync.
const AT_A_TIME: usize = 512;
/// People after which it is said how far it is, in people.
const PROGRESS_PEOPLE: u32 = 100_000;

/// Writes so many people.
pub fn run(config: &Config, people: u32, temporary: f64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(write(config, people, temporary))
}

async fn write(config: &Config, people: u32, temporary: f64) -> Result<()> {
    let opened = open::open(config).await?;
    let outcome = plant(&opened.platform, people, temporary).await;
    opened.close().await?;
    outcome
}

async fn plant(platform: &platform::Platform, people: u32, temporary: f64) -> Result<()> {
    ensure!(platform.is_nobody_here().await?, "somebody has an account here: only an empty data folder is seeded");
    let began = Instant::now();
    let expires_at = platform.now().saturating_add(seeds::TEMPORARY_SECONDS);
    let written = stream::iter(0..people).map(|number| async move {
        let seedling = seedling(number, seeds::is_among(number, temporary).then_some(expires_at))?;
        platform.seed_person(seedling).await.with_context(|| format!("writing person {number}"))?;
        if (number + 1).is_multiple_of(PROGRESS_PEOPLE) {
            eprintln!("{} people in {:.0} s", number + 1, began.elapsed().as_secs_f64());
        }
        anyhow::Ok(())
    });
    written.buffer_unordered(AT_A_TIME).try_collect::<()>().await?;
    let rate = f64::from(people) / began.elapsed().as_secs_f64().max(0.001);
    eprintln!("{people} people written in {:.1} s, {rate:.0} a second", began.elapsed().as_secs_f64());
    Ok(())
}

fn seedling(number: u32, temporary_until: Option<i32>) -> Result<Seedling> {
    let new_key = |kind: Kind, lives: AuthKeyKind| {
        let key = AuthKey::from_bytes(&seeds::key(number, kind));
        NewAuthKey { id: AuthKeyId(key.id()), key: (*key.bytes()).into(), kind: lives, dialled_dc: None }
    };
    let temporary =
        temporary_until.map(|expires_at| (new_key(Kind::Temporary, AuthKeyKind::Temporary { expires_at }), expires_at));
    Ok(Seedling {
        phone: seeds::phone(number),
        first_name: format!("S{number}"),
        permanent: new_key(Kind::Permanent, AuthKeyKind::Permanent),
        temporary,
    })
}
