//! The course of a run: the server starts, people come and use it while things go wrong, it dies and comes back; then all
//! trouble ends, everything comes to rest, and the judge reads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use platform::{Platform, UserId};

use crate::broken::{Broken, broken};
use crate::client::{Client, Directory};
use crate::disk;
use crate::executor::Group;
use crate::limits::{ANSWER_WAIT_MS, COLLECT_TIMERS, CRASHES_MAX, LAST_LEAP_MS, LAST_LOOKS, QUIET_WITHIN_MS};
use crate::oracle::{self, Case, Reading};
use crate::world::{Device, Order, World};

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Of everything that was seen.
    pub trace_hash: String,
    /// Lines of the trace.
    pub lines: u64,
    /// Acknowledgements compared.
    pub acknowledged: u64,
    /// Starts of the server.
    pub starts: u64,
    /// Simulated time, in milliseconds.
    pub simulated_ms: i64,
    /// The rule that did not hold.
    pub broken: Option<Broken>,
    /// The last lines of the trace, if one did not.
    pub tail: Vec<String>,
}

/// Plays one seed.
#[must_use]
pub fn run(order: Order) -> Outcome {
    let world = World::new(order);
    disk::begin(&world);
    let is_over = Arc::new(AtomicBool::new(false));
    let (stage, over) = (world.clone(), is_over.clone());
    world.executor.spawn(Group::World, async move {
        let verdict = play(&stage).await;
        stage.judge(verdict);
        over.store(true, Ordering::Relaxed);
    });
    let watched = world.clone();
    let ends = move || is_over.load(Ordering::Relaxed) || watched.broken().is_some();
    let executor = world.executor.clone();
    let ended = catch_unwind(AssertUnwindSafe(|| executor.run(ends)));
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(stuck)) => world.judge(broken("a run comes to its end", format!("{stuck:?}"))),
        Err(panic) => world.judge(broken("nothing panics", words_of(&*panic))),
    }
    sum_up(&world)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let owned = panic.downcast_ref::<String>().cloned();
    owned.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned())).unwrap_or_default()
}

fn sum_up(world: &World) -> Outcome {
    let (trace_hash, lines) = world.trace.sum();
    let broken = world.broken();
    Outcome {
        trace_hash,
        lines,
        acknowledged: world.history.book().acknowledged,
        starts: world.starts.load(Ordering::Relaxed),
        simulated_ms: world.executor.elapsed_ms(),
        tail: if broken.is_some() { world.trace.tail() } else { Vec::new() },
        broken,
    }
}

async fn play(world: &Arc<World>) -> Result<(), Broken> {
    start(world).await;
    let profile = world.profile();
    let directory: Directory = Arc::new(Mutex::new(vec![None; profile.people]));
    let mut clients = Vec::new();
    for person in 0..profile.people {
        for _ in 0..1 + world.dice.below(profile.devices) {
            let number = clients.len();
            let device = Device { number, person, key: oracle::key_of(number) };
            clients.push(Client::new(world, device, &directory));
        }
    }
    for client in &clients {
        world.clients.fetch_add(1, Ordering::Relaxed);
        world.executor.spawn(Group::World, client.clone().live());
    }
    trouble(world, &directory).await?;
    world.calm();
    come_to_rest(world, &clients).await?;
    let reading = last_judgement(world, &directory).await?;
    for client in &clients {
        if let Some((user, mirror)) = client.mirror.lock().as_ref() {
            oracle::judge_mirror(*user, mirror, &reading)?;
        }
    }
    Ok(())
}

async fn start(world: &Arc<World>) {
    loop {
        match world.open().await {
            Ok(running) => return world.serve(running),
            Err(error) => {
                world.trace.line(format_args!("the server does not start: {error}"));
                // Whatever the failed start left in the queue dies with it.
                world.faults.crash(0);
                world.executor.sleep(100).await;
            }
        }
    }
}

/// Crashes and leaps while there are clients at work.
async fn trouble(world: &Arc<World>, directory: &Directory) -> Result<(), Broken> {
    let profile = world.profile();
    let mut crashes = 0;
    while world.clients.load(Ordering::Relaxed) > 0 {
        let pause_ms = if profile.crash_every_ms > 0 { world.dice.number(1, profile.crash_every_ms) } else { 5_000 };
        world.executor.sleep(pause_ms).await;
        if profile.leaps && world.dice.falls(200) {
            let by_ms = world.dice.number(-600_000, 900_000);
            world.trace.line(format_args!("the clock leaps by {by_ms} ms"));
            world.leap(by_ms);
        }
        if profile.crash_every_ms > 0 && crashes < CRASHES_MAX {
            crashes += 1;
            world.crash(world.dice.below(world.faults.waiting() + 1));
            world.executor.sleep(world.dice.number(1, 500)).await;
            judge_on_the_way(world, directory).await?;
            world.pause_trouble(false);
            start(world).await;
        }
    }
    Ok(())
}

/// Between two lives of the server nothing moves: what a fresh platform reads now is what was durable.
async fn judge_on_the_way(world: &Arc<World>, directory: &Directory) -> Result<(), Broken> {
    if !world.dice.falls(300) {
        return Ok(());
    }
    let platform = quiet_platform(world).await?;
    let is_drained = world.dice.falls(500);
    if is_drained {
        drain(world, &platform).await?;
    }
    let book = world.history.book();
    let reading = oracle::read(&platform, &known(directory), &book.gone).await?;
    let case = Case { book: &book, reading: &reading, delivery: world.order.delivery };
    if is_drained {
        oracle::judge(&case)?
    } else {
        oracle::judge_logs(&case)?
    }
    oracle::judge_people(&platform, &book).await
}

/// A platform whose disk does no wrong while it is read.
async fn quiet_platform(world: &Arc<World>) -> Result<Platform, Broken> {
    world.pause_trouble(true);
    let opened = world.open().await;
    match opened {
        Ok((platform, _)) => Ok(platform),
        Err(error) => broken("what is durable can be read", error.to_string()),
    }
}

async fn drain(world: &Arc<World>, platform: &Platform) -> Result<(), Broken> {
    match world.executor.within(QUIET_WITHIN_MS, platform.drain_outbox()).await {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => broken("letters arrive", error.to_string()),
        None => broken("letters arrive", "not within the time there is for it"),
    }
}

fn known(directory: &Directory) -> Vec<UserId> {
    directory.lock().iter().flatten().copied().collect()
}

/// Nothing goes wrong any more: what travels arrives, letters are delivered, devices catch up.
async fn come_to_rest(world: &Arc<World>, clients: &[Arc<Client>]) -> Result<(), Broken> {
    world.executor.sleep(2 * ANSWER_WAIT_MS).await;
    let Some(platform) = world.platform() else { return broken("the server comes back", "it did not") };
    let gone = world.history.book().gone;
    for user in &gone {
        if let Err(error) = platform.delete_account(*user).await {
            return broken("whoever left is gone", error.to_string());
        }
    }
    drain(world, &platform).await?;
    for client in clients {
        client.mirror.lock().take_if(|(user, _)| gone.contains(user));
        let mut is_done = false;
        for _ in 0..5 {
            is_done = is_done || client.catch_up(50).await;
        }
        if !is_done {
            return broken("a device can catch up", format!("device {}", client.device.number));
        }
    }
    Ok(())
}

/// Judges what the running server says, what a fresh one says, and that they say the same.
async fn last_judgement(world: &Arc<World>, directory: &Directory) -> Result<Reading, Broken> {
    let Some(platform) = world.platform() else { return broken("the server comes back", "it did not") };
    let users = known(directory);
    let book = world.history.book();
    let memory = oracle::read(&platform, &users, &book.gone).await?;
    oracle::judge(&Case { book: &book, reading: &memory, delivery: world.order.delivery })?;
    clear_away(world, &platform).await?;
    world.crash(0);
    let fresh_platform = quiet_platform(world).await?;
    let fresh = oracle::read(&fresh_platform, &users, &book.gone).await?;
    oracle::judge_same(&memory, &fresh)?;
    oracle::judge(&Case { book: &book, reading: &fresh, delivery: world.order.delivery })?;
    oracle::judge_people(&fresh_platform, &book).await?;
    oracle::judge_gone(&fresh_platform, &book).await?;
    oracle::judge_media(&fresh_platform, &book, &fresh).await?;
    Ok(fresh)
}

/// Much later nothing is left to be removed.
async fn clear_away(world: &World, platform: &Platform) -> Result<(), Broken> {
    world.leap(LAST_LEAP_MS);
    for _ in 0..LAST_LOOKS {
        match platform.collect_media(COLLECT_TIMERS).await {
            Ok(collected) if !collected.is_more_due => return Ok(()),
            Ok(_) => {}
            Err(error) => return broken("what nobody holds goes", error.to_string()),
        }
    }
    broken("what nobody holds goes", "there was always more")
}
