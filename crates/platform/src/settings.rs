//! What the platform is told at start: the home DC, who may sign up, how codes travel.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::people::SignUpMode;

/// Settings of one node's platform.
#[derive(Clone)]
pub struct Settings {
    /// The DC that every account of this server calls home.
    pub home_dc: i32,
    /// Who may sign up, until the operator sets another mode at run time (that one is stored and wins).
    pub sign_up_mode: SignUpMode,
    /// How login codes reach people who are signed in nowhere.
    pub code_delivery: Arc<dyn CodeDelivery>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { home_dc: 2, sign_up_mode: SignUpMode::Open, code_delivery: Arc::new(LogDelivery) }
    }
}

/// A road on which login codes travel (SMS, a webhook, the log).
pub trait CodeDelivery: Send + Sync {
    /// Sends `code` to `phone` (digits without a plus). An error means that no code is on its way.
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>>;

    /// Whether the code really reaches the phone, so that knowing it proves who holds the number. With `false` (the
    /// log) an invite alone lets a newcomer in.
    fn proves_possession(&self) -> bool;
}

/// A code could not be sent.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the code could not be delivered: {0}")]
pub struct DeliveryError(pub String);

/// The default road: one line of the log, for the operator to pass on.
pub struct LogDelivery;

impl CodeDelivery for LogDelivery {
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        // The one place of the program that may log a code: it is the operator's only road until another is set up.
        tracing::info!("login code phone=+{phone} code={code}");
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        false
    }
}
