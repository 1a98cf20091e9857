//! What administration stands on, and the one place where an order is carried out, whichever road it came by: the socket, the
//! command line without a server, or an administrator's screen.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use api::{Administration, RpcError};
use parking_lot::Mutex;
use platform::Platform;
use platform::people::stewards::Steward;
use serde_json::Value;

use super::disk::Usage;
use super::{Answer, Order, Outcome, execute};
use crate::address;
use crate::config::Config;

/// Cheap to clone.
#[derive(Clone)]
pub struct Office(Arc<Inner>);

struct Inner {
    platform: Platform,
    config: Config,
    data: PathBuf,
    is_serving: bool,
    usage: Mutex<Option<Usage>>,
}

impl Office {
    /// Over this platform. `is_serving`: whether this process is the server, and not a command beside it.
    pub fn new(platform: Platform, config: &Config, is_serving: bool) -> Self {
        let (config, data) = (config.clone(), config.data_dir());
        Self(Arc::new(Inner { platform, config, data, is_serving, usage: Mutex::default() }))
    }

    /// Carries the order out; an error is a sentence for the administrator.
    pub async fn carry_out(&self, by: Steward, order: Order) -> Result<Outcome, String> {
        execute::execute(self, by, order).await
    }

    pub(super) fn platform(&self) -> &Platform {
        &self.0.platform
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    /// Where people reach this server, with a slash at the end.
    pub(super) fn base_url(&self) -> String {
        address::base_url(self.config(), &address::advertised_by(self.config(), &self.0.data))
    }

    pub(super) fn is_serving(&self) -> bool {
        self.0.is_serving
    }

    /// What the data folder takes, as looked at lately.
    pub(super) async fn usage(&self) -> Usage {
        let known = *self.0.usage.lock();
        if let Some(usage) = known.filter(Usage::is_fresh) {
            return usage;
        }
        let data = self.0.data.clone();
        // A task that panicked is no reason to have no overview.
        let usage = tokio::task::spawn_blocking(move || Usage::of(&data)).await.unwrap_or_default();
        *self.0.usage.lock() = Some(usage);
        usage
    }
}

impl Administration for Office {
    fn order<'a>(
        &'a self,
        by: Steward,
        order: Value,
    ) -> Pin<Box<dyn Future<Output = Result<Value, RpcError>> + Send + 'a>> {
        Box::pin(async move {
            let order: Order = serde_json::from_value(order).map_err(|_| RpcError::DATA_JSON_INVALID)?;
            let answer = match self.carry_out(by, order).await {
                Ok(outcome) => Answer::Ok(outcome),
                Err(sentence) => Answer::Error(sentence),
            };
            serde_json::to_value(answer).map_err(|_| RpcError::DATA_JSON_INVALID)
        })
    }
}
