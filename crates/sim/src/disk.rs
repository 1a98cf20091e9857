//! The disk's will: when waiting commits are decided and how they end, and what reads go through before they see anything.

use std::sync::Arc;

use futures::future::FutureExt as _;
use store::{Fate, ReadGate, StoreError};

use crate::executor::Group;
use crate::world::{Lie, World};

/// One commit of so many is what a disk with a lie lies about.
const LIES_PER_MILLE: u32 = 20;

/// Lets the disk work.
pub fn begin(world: &Arc<World>) {
    if world.order.lie == Some(Lie::Unsynced) {
        world.faults.leave_unsynced(4);
    }
    set_gate(world);
    let turning = world.clone();
    world.executor.spawn(Group::World, async move { turn(&turning).await });
}

fn set_gate(world: &Arc<World>) {
    let world_behind = Arc::downgrade(world);
    let gate: ReadGate = Arc::new(move || {
        let world = world_behind.upgrade();
        async move {
            let Some(world) = world else { return Ok(()) };
            let profile = world.profile();
            if world.dice.falls(profile.slow_reads) {
                world.executor.give_way().await;
            }
            if world.dice.falls(profile.unread / 2) {
                world.trace.line("a read fails");
                return Err(StoreError::Read("a fault".to_owned()));
            }
            Ok(())
        }
        .boxed()
    });
    world.faults.set_gate(Some(gate));
}

async fn turn(world: &Arc<World>) {
    loop {
        if world.faults.waiting() == 0 {
            world.faults.arrival().await;
            continue;
        }
        let profile = world.profile();
        let pause_ms =
            if world.dice.falls(profile.slow) { world.dice.number(100, 8_000) } else { world.dice.number(0, 3) };
        world.executor.sleep(pause_ms).await;
        let count = 1 + world.dice.below(world.faults.waiting());
        for _ in 0..count {
            decide(world);
        }
    }
}

fn decide(world: &Arc<World>) {
    let profile = world.profile();
    // Both mailboxes of a folded deed are one owner's to nobody: only what spreads over shards overtakes.
    let pick = if profile.has_shards { world.dice.below(64) } else { 0 };
    let fate = fate(world);
    if world.faults.decide(pick, fate) {
        world.trace.line(format_args!("= commit {fate:?}"));
    }
}

fn fate(world: &Arc<World>) -> Fate {
    let (profile, dice) = (world.profile(), &world.dice);
    match world.order.lie {
        Some(Lie::Lost) if dice.falls(LIES_PER_MILLE) => return Fate::Lost,
        Some(Lie::Torn) if dice.falls(LIES_PER_MILLE) => return Fate::Torn { puts: 1 },
        _ => {}
    }
    if dice.falls(profile.refused) {
        Fate::Refused
    } else if dice.falls(profile.unknown) {
        Fate::Unknown { is_written: dice.falls(500) }
    } else {
        Fate::Written
    }
}
