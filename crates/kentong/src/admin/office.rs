//! What administration stands on, and the one place where an order is carried out, whichever road it came by: the socket, the
//! command line without a server, or an administrator's screen.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use api::{Administration, RpcError};
use blobs::Blobs;
use parking_lot::Mutex;
use platform::Platform;
use platform::people::stewards::Steward;
use serde_json::Value;
use store::Store;

use super::disk::Usage;
use super::{Answer, Order, Outcome, execute};
use crate::address;
use crate::backup::{self, Report, Source, Tell, place};
use crate::config::Config;
use crate::doctor::{Finding, Patient, examine};
use crate::open::Opened;

/// Cheap to clone.
#[derive(Clone)]
pub struct Office(Arc<Inner>);

struct Inner {
    platform: Platform,
    store: Store,
    blobs: Blobs,
    /// Held by the one backup that is being written.
    backup: tokio::sync::Mutex<()>,
    config: Config,
    data: PathBuf,
    is_serving: bool,
    usage: Mutex<Option<Usage>>,
}

impl Office {
    /// Over this data folder. `is_serving`: whether this process is the server, and not a command beside it.
    pub fn new(opened: &Opened, config: &Config, is_serving: bool) -> Self {
        let (config, data) = (config.clone(), config.data_dir());
        let (platform, store, blobs) = (opened.platform.clone(), opened.store.clone(), opened.blobs.clone());
        let (backup, usage) = (tokio::sync::Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { platform, store, blobs, backup, config, data, is_serving, usage }))
    }

    /// Carries the order out; an error is a sentence for the administrator. `tell` hears now and then how far it is.
    pub async fn carry_out(&self, by: Steward, order: Order, tell: Tell<'_>) -> Result<Outcome, String> {
        execute::execute(self, by, order, tell).await
    }

    /// Writes a backup into the file `target`, or into a folder. One at a time.
    pub(super) async fn back_up(&self, target: &Path, tell: Tell<'_>) -> anyhow::Result<Report> {
        let Ok(_alone) = self.0.backup.try_lock() else { anyhow::bail!("a backup is being written already") };
        let Inner { platform, store, blobs, data, .. } = &*self.0;
        let (platform, store, blobs) = (platform.clone(), store.clone(), blobs.clone());
        let source = Source { platform, store, blobs, data: data.clone() };
        let file = place::file(target, source.platform.runtime().now_ms());
        let outcome = backup::create(&source, &file, tell).await;
        backup::last::note(&source.data, &outcome);
        outcome
    }

    /// Looks at all data.
    pub(super) async fn examine(&self, tell: Tell<'_>) -> anyhow::Result<Vec<Finding>> {
        let Inner { platform, store, blobs, .. } = &*self.0;
        let running = self.is_serving().then_some(platform);
        Ok(examine(&Patient { store, blobs, running }, tell).await?.findings)
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
            let answer = match self.carry_out(by, order, &mut |_| {}).await {
                Ok(outcome) => Answer::Ok(outcome),
                Err(sentence) => Answer::Error(sentence),
            };
            serde_json::to_value(answer).map_err(|_| RpcError::DATA_JSON_INVALID)
        })
    }
}
