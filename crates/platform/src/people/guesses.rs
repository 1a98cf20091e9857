//! Invites tried by strangers: twelve digits are many for one network and few for very many, so wrong guesses have a budget
//! that the whole server shares.
//!
//! Once a minute's budget is used up, a network from which somebody guessed wrong within the hour is refused unheard until the
//! minute is over; whoever did not is judged as always. So the budget slows those who guess, and nobody who has an invite.

use std::net::IpAddr;

use parking_lot::Mutex;

use super::flood::Act;
use super::invites::{ReadInvite, invite_digits};
use super::names::Phone;
use crate::{Platform, PlatformError, Refusal, limits};

/// Wrong guesses of the minute, of everybody.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    began_at: i32,
    wrong: u32,
}

impl Guesses {
    /// Counts a guess as wrong before it is judged. `has_guessed`: whether its network guessed wrong lately.
    fn begin(&self, has_guessed: bool, now: i32) -> Result<(), Refusal> {
        let mut minute = self.0.lock();
        if now.saturating_sub(minute.began_at) >= limits::INVITE_GUESSES_SECONDS {
            *minute = Minute { began_at: now, wrong: 0 };
        }
        if minute.wrong >= limits::INVITE_GUESSES_WRONG && has_guessed {
            metrics::PEOPLE_LIMITED.inc("guess invite");
            let wait = minute.began_at.saturating_add(limits::INVITE_GUESSES_SECONDS) - now;
            return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
        }
        minute.wrong = minute.wrong.saturating_add(1);
        Ok(())
    }

    /// It was none.
    fn take_back(&self) {
        let mut minute = self.0.lock();
        minute.wrong = minute.wrong.saturating_sub(1);
    }
}

impl Platform {
    /// The invite that a stranger at this address means, if it can be used; see [`Platform::usable_invite`].
    pub(super) async fn guess_invite(
        &self,
        text: &str,
        phone: Option<&Phone>,
        ip: IpAddr,
    ) -> Result<Option<ReadInvite>, PlatformError> {
        // What cannot be an invite is no guess.
        if invite_digits(text).is_none() {
            return Ok(None);
        }
        let (people, who) = (&self.inner.people, self.visitor(ip).to_string());
        let has_guessed = people.flood.counted(Act::GuessInvite, &who, self.now()) > 0;
        // The network's own bound comes first: what is refused unheard uses up nothing of what all share.
        people.flood.count(Act::GuessInvite, &who, 1, limits::TRIES_PER_ADDRESS, self.now())?;
        let was_none = || people.flood.take_back(Act::GuessInvite, &who, self.now());
        people.guesses.begin(has_guessed, self.now()).inspect_err(|_| was_none())?;
        let found = self.usable_invite(text, phone).await;
        if !matches!(found, Ok(None)) {
            people.guesses.take_back();
            was_none();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_budget_slows_those_who_guessed_and_nobody_else() {
        let guesses = Guesses::default();
        for _ in 0..limits::INVITE_GUESSES_WRONG {
            guesses.begin(true, 1_000).unwrap();
        }
        assert_eq!(guesses.begin(true, 1_020), Err(Refusal::FloodWait(40)));
        guesses.begin(false, 1_020).expect("who has not guessed is judged");
        guesses.take_back();
        guesses.take_back();
        guesses.begin(true, 1_020).expect("one of them was right");
        assert!(guesses.begin(true, 1_020).is_err());
        guesses.begin(true, 1_060).expect("another minute");
    }
}
