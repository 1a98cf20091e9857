//! Counting what strangers may do in a while. In memory: a restart forgives, the durable bounds are with the login codes.

use std::sync::Arc;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use crate::{Refusal, limits};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    /// Login codes asked for, by address.
    AskForCode,
    /// Codes and invites tried, by address.
    TryCode,
    /// Numbers of this server's own given, by address.
    ReserveNumber,
    /// Challenges fetched, by address.
    FetchChallenge,
    /// Challenges fetched, by key.
    FetchChallengeForKey,
    /// Wrong guesses at invites, by network.
    GuessInvite,
    /// Public pages looked at, by address.
    LookAtPage,
    /// Passwords tried, by address.
    TryPassword,
    /// Password checks begun, by key, and at the door by address: each costs powers of 2048 bits.
    BeginPasswordCheck,
    /// Groups made, by person.
    CreateChat,
    /// Codes to be mailed, by person.
    AskForMail,
    /// Auth keys made, by address.
    MakeKey,
    /// Invites taken back for new ones, by person.
    RenewInvite,
    /// Numbers looked up, by person.
    LookUpPhone,
    /// Reports to the operator, by person.
    Report,
    /// Comings and goings told to others, by person.
    TellStatus,
    /// Changes of the profile told to others, by person.
    TellNews,
}

impl Act {
    fn name(self) -> &'static str {
        match self {
            Self::AskForCode => "ask for code",
            Self::TryCode => "try code",
            Self::ReserveNumber => "reserve number",
            Self::FetchChallenge | Self::FetchChallengeForKey => "fetch challenge",
            Self::GuessInvite => "guess invite",
            Self::LookAtPage => "look at page",
            Self::TryPassword => "try password",
            Self::BeginPasswordCheck => "begin password check",
            Self::CreateChat => "create chat",
            Self::AskForMail => "ask for mail",
            Self::MakeKey => "make key",
            Self::RenewInvite => "renew invite",
            Self::LookUpPhone => "look up phone",
            Self::Report => "report",
            Self::TellStatus => "tell status",
            Self::TellNews => "tell news",
        }
    }
}

#[derive(Debug)]
struct Window {
    began_at: i32,
    count: u32,
}

/// Counters by act and by who acts.
pub(crate) struct Flood {
    windows: Cache<(Act, String), Arc<Mutex<Window>>>,
}

impl Flood {
    pub(crate) fn new() -> Self {
        Self { windows: Cache::new(limits::FLOOD_COUNTERS_ITEMS) }
    }

    /// Counts so many acts; refuses them past `most` an hour.
    pub(crate) fn count(&self, act: Act, who: &str, times: u32, most: u32, now: i32) -> Result<(), Refusal> {
        let begin = || Ok::<_, Refusal>(Arc::new(Mutex::new(Window { began_at: now, count: 0 })));
        let window = self.windows.get_or_insert_with(&(act, who.to_owned()), begin)?;
        let mut window = window.lock();
        if now.saturating_sub(window.began_at) >= limits::FLOOD_WINDOW_SECONDS {
            *window = Window { began_at: now, count: 0 };
        }
        if window.count.saturating_add(times) > most {
            metrics::PEOPLE_LIMITED.inc(act.name());
            let wait = window.began_at + limits::FLOOD_WINDOW_SECONDS - now;
            return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
        }
        window.count = window.count.saturating_add(times);
        Ok(())
    }
}

impl Flood {
    /// How many were counted in the window that is open.
    pub(crate) fn counted(&self, act: Act, who: &str, now: i32) -> u32 {
        let Some(window) = self.windows.get(&(act, who.to_owned())) else { return 0 };
        let window = window.lock();
        let is_open = now.saturating_sub(window.began_at) < limits::FLOOD_WINDOW_SECONDS;
        if is_open { window.count } else { 0 }
    }

    /// One of those that were counted was none.
    pub(crate) fn take_back(&self, act: Act, who: &str, now: i32) {
        let Some(window) = self.windows.get(&(act, who.to_owned())) else { return };
        let mut window = window.lock();
        if now.saturating_sub(window.began_at) < limits::FLOOD_WINDOW_SECONDS {
            window.count = window.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends() {
        let flood = Flood::new();
        for _ in 0..3 {
            flood.count(Act::AskForCode, "::1", 1, 3, 100).unwrap();
        }
        assert_eq!(flood.count(Act::AskForCode, "::1", 1, 3, 200), Err(Refusal::FloodWait(3500)));
        assert_eq!(flood.count(Act::AskForCode, "::2", 1, 3, 200), Ok(()));
        assert_eq!(flood.count(Act::TryCode, "::1", 1, 3, 200), Ok(()));
        assert_eq!(flood.count(Act::AskForCode, "::1", 1, 3, 3700), Ok(()));
        assert!(flood.count(Act::AskForCode, "::1", 3, 3, 3700).is_err());
        assert_eq!(flood.count(Act::AskForCode, "::1", 2, 3, 3700), Ok(()));
        flood.take_back(Act::AskForCode, "::1", 3700);
        assert_eq!(flood.counted(Act::AskForCode, "::1", 3700), 2);
    }
}
