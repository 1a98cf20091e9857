//! One RPC method, one file: a TL request becomes calls of the platform, and what comes back becomes TL for this viewer.
//!
//! A query passes [`peel`] (wrappers off), [`Api::call`] (table, class, authorisation, decoding), one handler of
//! `methods/`, and leaves serialised for the caller's layer. Nothing here touches sockets, clocks or storage engines.

mod administration;
mod answers;
mod call;
mod context;
mod data;
mod dispatch;
mod emoji;
mod error;
mod extensions;
mod input;
mod input_media;
mod languages;
pub mod limits;
mod methods;
mod password;
mod peel;
mod push;
mod refusal;
mod settings;
mod table;
pub mod views;

pub use administration::Administration;
pub use call::{Caller, Reply};
pub use context::Context;
pub use error::RpcError;
pub use languages::{Language, LanguageError, Languages};
pub use peel::{Client, Peeled, peel};
pub use push::{Body, PushBatch, PushItem};
pub use settings::{ApiSettings, DcAddress};
pub use table::{Class, Status, methods};

use std::sync::{Arc, OnceLock};

use bus::Bus;
use platform::Platform;

/// The RPC side of one node. Cloning is cheap.
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    platform: Platform,
    bus: Bus,
    settings: ApiSettings,
    patterns: push::Patterns,
    administration: OnceLock<Arc<dyn Administration>>,
}

impl Api {
    /// Over this platform, speaking through this bus.
    #[must_use]
    pub fn new(platform: Platform, bus: Bus, settings: ApiSettings) -> Self {
        let (patterns, administration) = Default::default();
        Self { inner: Arc::new(Inner { platform, bus, settings, patterns, administration }) }
    }

    /// What the messaging platform does.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.inner.platform
    }

    /// Where signals go.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    /// What the operator chose.
    #[must_use]
    pub fn settings(&self) -> &ApiSettings {
        &self.inner.settings
    }

    /// What was said in groups last, as their members are told.
    pub(crate) fn patterns(&self) -> &push::Patterns {
        &self.inner.patterns
    }

    /// Has administrators' orders carried out by this; without it there is no such extension. The first one counts.
    pub fn administer_by(&self, administration: Arc<dyn Administration>) {
        let _ = self.inner.administration.set(administration);
    }

    /// Who carries out administrators' orders.
    pub(crate) fn administration(&self) -> Option<&dyn Administration> {
        self.inner.administration.get().map(|port| &**port)
    }
}
