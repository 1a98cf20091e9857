//! What a search finds, as places instead of pages: how many a day, and where each stands in the list.

use crate::limits::mailbox::{CALENDAR_DAYS_MAX, POSITIONS_MAX};
use crate::mailbox::Numbered;
use crate::messages::Search;
use crate::{MsgId, Platform, PlatformError, UserId};

const DAY_SECONDS: i32 = 24 * 3600;

/// What was found of one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// When the day begins (UTC), in seconds since the epoch.
    pub date: i32,
    /// How many.
    pub count: i32,
    /// The oldest.
    pub oldest: MsgId,
    /// The newest.
    pub newest: Numbered,
}

/// One that was found, and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its number.
    pub id: MsgId,
    /// When it was sent.
    pub date: i32,
    /// How many newer ones there are.
    pub offset: i32,
}

/// A list of places with the size of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Places<T> {
    /// Newest first.
    pub list: Vec<T>,
    /// How many messages were found in all.
    pub count: i32,
    /// The count is a lower bound.
    pub inexact: bool,
    /// The oldest message found, with its date.
    pub oldest: Option<(MsgId, i32)>,
}

impl Platform {
    /// What is found, by days, from this message on backwards (0: from the newest).
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn search_calendar(
        &self,
        user: UserId,
        search: &Search,
        offset_id: MsgId,
        offset_date: i32,
    ) -> Result<Places<Day>, PlatformError> {
        let (found, inexact) = self.search_all(user, search).await?;
        let mut list: Vec<Day> = Vec::new();
        let is_wanted = |message: &&Numbered| {
            (offset_id.0 <= 0 || message.id < offset_id) && (offset_date <= 0 || message.message.date < offset_date)
        };
        for message in found.iter().filter(is_wanted) {
            let date = message.message.date - message.message.date.rem_euclid(DAY_SECONDS);
            if let Some(day) = list.last_mut().filter(|day| day.date == date) {
                day.count += 1;
                day.oldest = message.id;
                continue;
            }
            if list.len() >= CALENDAR_DAYS_MAX {
                break;
            }
            list.push(Day { date, count: 1, oldest: message.id, newest: message.clone() });
        }
        Ok(places(list, &found, inexact))
    }

    /// Where each message found stands, from this one on backwards (0: from the newest).
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn search_positions(
        &self,
        user: UserId,
        search: &Search,
        offset_id: MsgId,
        limit: usize,
    ) -> Result<Places<Position>, PlatformError> {
        let (found, inexact) = self.search_all(user, search).await?;
        let placed = found.iter().zip(0..).map(|(message, offset)| Position {
            id: message.id,
            date: message.message.date,
            offset,
        });
        let wanted = placed.filter(|place| offset_id.0 <= 0 || place.id < offset_id);
        let list = wanted.take(limit.min(POSITIONS_MAX)).collect();
        Ok(places(list, &found, inexact))
    }
}

fn places<T>(list: Vec<T>, found: &[Numbered], inexact: bool) -> Places<T> {
    let count = i32::try_from(found.len()).unwrap_or(i32::MAX);
    let oldest = found.last().map(|message| (message.id, message.message.date));
    Places { list, count, inexact, oldest }
}
