//! Delivery within one process: one bounded queue a listener.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{Signal, limits};

/// All who listen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listeners(Arc<Mutex<Vec<mpsc::Sender<Signal>>>>);

/// Hears signals, in the order the bus passed them on.
#[derive(Debug)]
pub struct Listener {
    signals: mpsc::Receiver<Signal>,
}

impl Listeners {
    pub(crate) fn add(&self) -> Listener {
        let (sender, signals) = mpsc::channel(limits::LISTENER_MAX_SIGNALS);
        self.0.lock().push(sender);
        Listener { signals }
    }

    pub(crate) fn tell(&self, signal: &Signal) {
        self.0.lock().retain(|listener| match listener.try_send(signal.clone()) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                metrics::BUS_DROPPED.inc();
                true
            }
            Err(TrySendError::Closed(_)) => false,
        });
    }
}

impl Listener {
    /// The next signal; `None` once the bus is gone and everything was heard.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }

    /// The next signal if one already waits.
    pub fn try_next(&mut self) -> Option<Signal> {
        self.signals.try_recv().ok()
    }
}
