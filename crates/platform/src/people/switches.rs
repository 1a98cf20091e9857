//! What administrators set while the server runs. Stored, and wins over what the server was told at start; what is not set is
//! as it was told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::Key;

use super::SignUpMode;
use super::privacy::replace;
use super::stewards::Steward;
use crate::codec::{self, Stored};
use crate::keys::{self, system_suffix};
use crate::{Platform, PlatformError, limits};

/// Switches of the server; `None` where nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ServerSwitches {
    /// Who may sign up.
    #[n(0)]
    pub sign_up_mode: Option<SignUpMode>,
    /// How many newcomers are let in a minute.
    #[n(1)]
    pub newcomers_per_minute: Option<u32>,
    /// How many newcomers one person may bring in.
    #[n(2)]
    pub invites_per_person: Option<u32>,
    /// Bytes one person may keep here; 0 is no limit.
    #[n(3)]
    pub quota_bytes: Option<u64>,
    /// What is logged. Kept here, applied by the binary.
    #[n(4)]
    pub log_filter: Option<String>,
}

impl Stored for ServerSwitches {
    const WHAT: &'static str = "server switches";
}

pub(crate) fn server_switches_key() -> Key {
    Key::new(&keys::system(), &[system_suffix::SWITCHES])
}

impl Platform {
    /// What is set at the moment.
    #[must_use]
    pub fn server_switches(&self) -> Arc<ServerSwitches> {
        self.inner.people.switches.load_full()
    }

    /// Changes what is set, from now on and after a restart. `what` is the change in words, for the audit log.
    ///
    /// # Errors
    /// Trouble of the store; then everything is as before.
    pub async fn set_server_switches(
        &self,
        by: Steward,
        what: &str,
        change: impl Fn(&mut ServerSwitches),
    ) -> Result<(), PlatformError> {
        self.audit(by, "setting", what).await?;
        let key = server_switches_key();
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut switches: ServerSwitches = codec::decode_record(record.as_ref())?.unwrap_or_default();
            change(&mut switches);
            match self.commit(replace(&key, record.as_ref(), &switches)).await {
                Ok(()) => {
                    self.inner.people.switches.store(Arc::new(switches));
                    return Ok(());
                }
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }

    /// Who may sign up at the moment.
    #[must_use]
    pub fn sign_up_mode(&self) -> SignUpMode {
        self.inner.people.switches.load().sign_up_mode.unwrap_or(self.inner.settings.sign_up_mode)
    }

    /// Sets who may sign up, from now on and after a restart.
    ///
    /// # Errors
    /// As [`Platform::set_server_switches`].
    pub async fn set_sign_up_mode(&self, by: Steward, mode: SignUpMode) -> Result<(), PlatformError> {
        let what = format!("sign_up {mode:?}").to_lowercase();
        self.set_server_switches(by, &what, |switches| switches.sign_up_mode = Some(mode)).await
    }

    /// How many newcomers one person may bring in at the moment.
    #[must_use]
    pub fn invites_per_person(&self) -> u32 {
        self.inner.people.switches.load().invites_per_person.unwrap_or(self.inner.settings.invites_per_person)
    }

    /// How many newcomers are let in a minute at the moment, by what was set or by what the server can bear, whichever is
    /// less; 0 is no limit.
    #[must_use]
    pub fn newcomers_per_minute(&self) -> u32 {
        let set = self.inner.people.switches.load().newcomers_per_minute;
        let set = set.unwrap_or(self.inner.settings.newcomers_per_minute);
        match (set, self.inner.people.bearable.load(Ordering::Relaxed)) {
            (0, bearable) => bearable,
            (set, 0) => set,
            (set, bearable) => set.min(bearable),
        }
    }

    /// Says how many newcomers a minute this process can bear from now on; 0: as many as come. To be said again now and then:
    /// the waiting room loses those who left.
    pub fn bear_newcomers(&self, per_minute: u32) {
        self.inner.people.bearable.store(per_minute, Ordering::Relaxed);
        self.inner.people.waiting_room.pass_time(self.newcomers_per_minute(), self.runtime().now_ms());
    }

    /// Bytes one person may keep here at the moment; `None` is no limit.
    #[must_use]
    pub fn quota_bytes(&self) -> Option<u64> {
        match self.inner.people.switches.load().quota_bytes {
            Some(bytes) => Some(bytes).filter(|bytes| *bytes > 0),
            None => self.inner.settings.media.quota_bytes,
        }
    }
}
