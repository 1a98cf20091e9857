//! The first call of the store or the blobs fails, then the second, and so on, until a whole small life passes without one
//! failing: whatever fails, clients hear nothing but "come back", and nothing is lost.

use anyhow::{Result, ensure};
use tl::functions;

use super::bench::Bench;
use crate::load::Fleet;

/// Calls that fail by turns.
pub const PLACES: [&str; 9] = [
    "store.read",
    "store.enqueue",
    "store.commit.write",
    "store.commit.after_write",
    "blobs.make",
    "blobs.put.before",
    "blobs.put.after",
    "blobs.read",
    "blobs.copy",
];
/// A life makes fewer calls than that.
const CALLS_MAX: u64 = 5_000;
/// Deeds of a life, in deeds of each of its two people.
const DEEDS: u64 = 8;

/// Fails every call of one place by turns; how many there were.
///
/// # Errors
/// When a client hears more than "come back".
pub async fn run(bench: &mut Bench, place: &str, seed: u64, step: u64) -> Result<u64> {
    let mut time = 1;
    while time < CALLS_MAX {
        let fired = bench.server.fired(place);
        bench.server.kill()?;
        let launch = bench.launch.clone().failing(format!("{place}=error@{time}"));
        if let Err(refusal) = bench.server.start(&launch).await {
            // A server that cannot read its data says so and does not start; the next start finds all as it was.
            if bench.server.fired(place) == fired {
                return Err(refusal);
            }
            bench.restart().await?;
        }
        let first = bench.numbers(2);
        let fleet = Fleet::sign_up(&bench.world(), first, 2, 4).await?;
        fleet.live(DEEDS, seed).await?;
        for account in fleet.accounts() {
            account.client.insist(&functions::updates::GetState {}).await?;
        }
        bench.judge(&fleet, &format!("{place}=error@{time}")).await?;
        let is_over = bench.server.fired(place) == fired;
        bench.keep(fleet);
        if is_over {
            return Ok(time - 1);
        }
        time += step;
    }
    ensure!(time < CALLS_MAX, "{place} is called without end");
    Ok(time)
}
