//! What the process knows of itself: where it is in its life, and remarks for whoever looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::live::Live;

/// Where the server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Opening its store; takes no connections yet.
    Starting = 0,
    /// Takes connections.
    Ready = 1,
    /// Takes no new connections and finishes what is in flight.
    Draining = 2,
}

impl Phase {
    /// As health checks print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Draining => "draining",
        }
    }
}

/// Shared by the one who changes it and the pages that show it.
#[derive(Clone)]
pub struct Status(Arc<Inner>);

struct Inner {
    phase: AtomicU8,
    remarks: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    live: Live,
}

impl Status {
    /// Starting; `remarks` is asked at every check and must not block.
    pub fn new(remarks: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            phase: AtomicU8::new(Phase::Starting as u8),
            remarks: Box::new(remarks),
            live: Live::default(),
        }))
    }

    /// Goes on to this phase.
    pub fn enter(&self, phase: Phase) {
        self.0.phase.store(phase as u8, Ordering::Release);
        metrics::READY.set(i64::from(phase == Phase::Ready));
    }

    /// The present phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.phase.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Draining,
        }
    }

    /// Looks how the server fares; to be called once a second.
    pub fn sample(&self) {
        self.0.live.sample();
    }

    /// How it fared.
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    /// The remarks, one a line.
    pub(crate) fn notes(&self) -> String {
        (self.0.remarks)().into_iter().map(|remark| remark + "\n").collect()
    }
}
