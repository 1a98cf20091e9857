//! The thread that looks how long things wait. Its own, outside the runtime: whoever measures a queue must not stand in it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::runtime::Handle;

use super::control::{Control, Seen};
use super::resources;
use crate::limits::{LOAD_TICK, RESOURCES_EVERY_TICKS};
use crate::node::{Node, Phase};

/// Begins to look; ends with the node.
pub(crate) fn start(node: &Arc<Node>) -> std::io::Result<()> {
    let (control, node) = (Control::new(node.config.overload_wait), Arc::downgrade(node));
    std::thread::Builder::new().name("load-watch".into()).spawn(move || watch(control, &node)).map(drop)
}

fn watch(mut control: Control, node: &Weak<Node>) {
    let mut eye = Eye::new();
    loop {
        std::thread::park_timeout(LOAD_TICK);
        let Some(node) = node.upgrade() else { return };
        if *node.phase.borrow() == Phase::Closing {
            return;
        }
        let seen = eye.look(&node);
        let decided = control.tick(&seen);
        node.load.pressure.store(decided.pressure, Ordering::Relaxed);
        node.gate.tick(decided.window);
        node.platform().bear_newcomers(decided.bearable);
        metrics::PRESSURE.set(decided.pressure.into());
        metrics::NEWCOMERS_BEARABLE.set(decided.bearable.into());
    }
}

/// What was seen at the last look.
struct Eye {
    commit: Mean,
    crypto: Mean,
    sign_ups: u64,
    exchanges: u64,
    requests: u64,
    dispatch: Queue,
    door: Queue,
    ticks: u32,
    is_scarce: bool,
    are_files_scarce: bool,
}

/// Sum and count of a histogram.
#[derive(Clone, Copy, Default)]
struct Mean {
    seconds: f64,
    count: u64,
}

impl Mean {
    /// The mean since the last look.
    fn next(&mut self, histogram: &metrics::Histogram) -> Option<Duration> {
        let now = Self { seconds: histogram.sum(), count: histogram.count() };
        let before = std::mem::replace(self, now);
        let count = now.count.saturating_sub(before.count);
        let seconds = (now.seconds - before.seconds).max(0.0);
        (count > 0).then(|| Duration::try_from_secs_f64(seconds / count as f64).unwrap_or_default())
    }
}

impl Eye {
    fn new() -> Self {
        let mut eye = Self {
            commit: Mean::default(),
            crypto: Mean::default(),
            sign_ups: metrics::SIGN_UPS.get(),
            exchanges: metrics::HANDSHAKE_DONE.get(),
            requests: 0,
            dispatch: Queue::new(&metrics::DISPATCH_WAIT_SECONDS),
            door: Queue::new(&metrics::NEWCOMERS_DISPATCH_WAIT_SECONDS),
            ticks: 0,
            is_scarce: resources::look(),
            are_files_scarce: resources::look_at_files(true).unwrap_or_default(),
        };
        eye.commit.next(&metrics::STORE_WAIT_SECONDS);
        eye.crypto.next(&metrics::CRYPTO_WAIT_SECONDS);
        eye
    }

    fn look(&mut self, node: &Node) -> Seen {
        self.ticks += 1;
        let is_time = self.ticks >= RESOURCES_EVERY_TICKS;
        if is_time {
            (self.ticks, self.is_scarce) = (0, resources::look());
        }
        self.are_files_scarce = resources::look_at_files(is_time).unwrap_or(self.are_files_scarce);
        let requests = node.load.requests.load(Ordering::Relaxed);
        let (sign_ups, exchanges) = (metrics::SIGN_UPS.get(), metrics::HANDSHAKE_DONE.get());
        let seen = Seen {
            commit: self.commit.next(&metrics::STORE_WAIT_SECONDS),
            dispatch: self.dispatch.look(node.runtimes.people()),
            door: self.door.look(node.runtimes.newcomers()),
            crypto: self.crypto.next(&metrics::CRYPTO_WAIT_SECONDS),
            commit_age: node.platform().commit_age(),
            requests: requests - self.requests,
            in_flight: node.in_flight(),
            sign_ups: sign_ups - self.sign_ups,
            waiting_room: usize::try_from(metrics::WAITING_ROOM_PLACES.get()).unwrap_or_default(),
            under_way: node.gate.under_way(),
            exchanges: exchanges - self.exchanges,
            is_scarce: self.is_scarce,
            are_files_scarce: self.are_files_scarce,
        };
        (self.requests, self.sign_ups, self.exchanges) = (requests, sign_ups, exchanges);
        seen
    }
}

/// How long tasks of a runtime wait for a thread.
struct Queue {
    probe: Arc<Probe>,
    /// A moving mean: one look is one task.
    mean: Duration,
}

impl Queue {
    fn new(seen: &'static metrics::Histogram) -> Self {
        Self { probe: Arc::new(Probe { state: Mutex::default(), seen }), mean: Duration::ZERO }
    }

    fn look(&mut self, runtime: &Handle) -> Option<Duration> {
        let waited = self.probe.look(runtime)?;
        self.mean = (self.mean * 3 + waited) / 4;
        Some(self.mean)
    }
}

/// A task that does nothing but be taken up: how long that takes is how long any task waits.
struct Probe {
    state: Mutex<State>,
    seen: &'static metrics::Histogram,
}

#[derive(Default)]
struct State {
    sent_at: Option<Instant>,
    waited: Option<Duration>,
}

impl Probe {
    /// How long the last one waited, or the present one has waited so far; sends the next.
    fn look(self: &Arc<Self>, runtime: &Handle) -> Option<Duration> {
        let mut state = self.state.lock();
        if let Some(sent_at) = state.sent_at {
            return Some(sent_at.elapsed());
        }
        state.sent_at = Some(Instant::now());
        let waited = state.waited.take();
        drop(state);
        let probe = self.clone();
        runtime.spawn(async move { probe.arrive() });
        waited
    }

    fn arrive(&self) {
        let mut state = self.state.lock();
        let Some(sent_at) = state.sent_at.take() else { return };
        let waited = sent_at.elapsed();
        self.seen.observe(waited.as_secs_f64());
        state.waited = Some(waited);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_probe_tells_how_long_tasks_wait_while_they_do() {
        let (probe, runtime) = (Queue::new(&metrics::DISPATCH_WAIT_SECONDS).probe, Handle::current());
        assert_eq!(probe.look(&runtime), None, "none came back yet");
        // The only thread of this runtime is here, so that the probe waits.
        let until = Instant::now() + Duration::from_millis(30);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        let waits = probe.look(&runtime).expect("it is on its way");
        assert!(waits >= Duration::from_millis(30));
        tokio::task::yield_now().await;
        assert!(probe.look(&runtime).expect("it came back") >= waits);
    }
}
