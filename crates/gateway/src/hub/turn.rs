//! Turns: the pumps that have something to do stand in one line, and a few carriers serve them one after the other.
//!
//! A message to two hundred people is two hundred turns of some microseconds in one task. Who has to wait for the disk goes
//! on in a task of its own and keeps nobody behind waiting. Carriers end when the line does.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use api::{PushBatch, PushItem};
use futures::FutureExt;
use parking_lot::Mutex;
use platform::mailbox::Cursor;

use super::pump::Pump;
use crate::limits::{CARRIER_TURNS, CARRIERS_MAX, PUMP_BATCHES, PUMPS_PER_CARRIER};
use crate::node::{Node, Phase, start};

/// The pumps that have something to do, each once, and how many carriers serve them.
#[derive(Default)]
pub(super) struct Line(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    pumps: VecDeque<Arc<Pump>>,
    carriers: usize,
}

impl Line {
    /// Puts a pump in line that was called.
    pub(super) fn join(&self, node: &Arc<Node>, pump: Arc<Pump>) {
        let mut waiting = self.0.lock();
        waiting.pumps.push_back(pump);
        if waiting.carriers < CARRIERS_MAX && waiting.pumps.len() > waiting.carriers * PUMPS_PER_CARRIER {
            waiting.carriers += 1;
            node.runtimes.spawn_for_people(carry(node.clone()));
        }
    }

    /// The next one; without any the carrier who asks ends.
    fn next(&self) -> Option<Arc<Pump>> {
        let mut waiting = self.0.lock();
        let next = waiting.pumps.pop_front();
        if next.is_none() {
            waiting.carriers -= 1;
        }
        next
    }
}

async fn carry(node: Arc<Node>) {
    let mut turns = 0;
    while let Some(pump) = node.hub.line.next() {
        start(Box::pin(serve(node.clone(), pump)));
        turns += 1;
        if turns % CARRIER_TURNS == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// One turn of a pump.
async fn serve(node: Arc<Node>, pump: Arc<Pump>) {
    pump.begin_turn();
    if *node.phase.borrow() == Phase::Closing {
        return;
    }
    // What nobody would be told is not read: those who left are many after a flood.
    if !pump.has_targets() && node.hub.retire(&pump) {
        return;
    }
    let (heard, moved_at) = (pump.heard.load(Ordering::Acquire), pump.moved_at.swap(0, Ordering::Relaxed));
    pump.passed_over.store(0, Ordering::Release);
    let mut cursor = *pump.reached.lock();
    // A pump that ended would be missed for as long as its person stays.
    if AssertUnwindSafe(turn(&node, &pump, &mut cursor)).catch_unwind().await.is_err() {
        tracing::error!("updates of one person could not be told; they are tried again");
    }
    if moved_at > 0 {
        metrics::DELIVERY_SECONDS.observe((node.age_us() - moved_at) as f64 / 1e6);
    }
    *pump.reached.lock() = cursor;
    if pump.end_turn(heard) {
        node.hub.line.join(&node, pump);
    }
}

async fn turn(node: &Node, pump: &Pump, cursor: &mut Cursor) {
    drain(node, pump, cursor).await;
    for payload in pump.take_ephemerals() {
        if let Some(body) = node.api.render_ephemeral(pump.user, &payload).boxed().await {
            pump.deliver(node, &PushItem { origin: None, body });
        }
    }
}

async fn drain(node: &Node, pump: &Pump, cursor: &mut Cursor) {
    for _ in 0..PUMP_BATCHES {
        let PushBatch { next, items, too_long } =
            match node.api.push_since(pump.user, *cursor, pump.sole_authorisation()).await {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, "updates could not be read; they are tried again");
                    return;
                }
            };
        if next == *cursor {
            return;
        }
        *cursor = next;
        if too_long {
            pump.confess();
        }
        items.iter().for_each(|item| pump.deliver(node, item));
    }
    // There is more: let others have their turn first.
    pump.call();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a task that runs this function takes.
    const fn task_bytes<A, B, F: Future>(_: &impl FnOnce(A, B) -> F) -> usize {
        size_of::<F>()
    }

    /// Every turn is made and moved into its place anew.
    #[test]
    fn a_turn_is_small() {
        let bytes = task_bytes(&serve);
        assert!(bytes <= 1024, "{bytes} bytes");
    }
}
