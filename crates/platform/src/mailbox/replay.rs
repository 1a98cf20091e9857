//! Which `random_id`s were sent lately: a repeated send is answered with the original message instead of a second one.
//!
//! The `random_id` is a field of the message record, so remembering it costs no record of its own; the log entry of a
//! deletion takes it over, so that a repeat which comes after the deletion does not bring the message back. The window is
//! rebuilt from the newest messages and events at the first send after a load: those of `REPLAY_WINDOW_SECONDS`, at most
//! `REPLAY_WINDOW_MESSAGES` and `REPLAY_WINDOW_EVENTS`. A `random_id` older than that makes a new message.

use std::collections::{HashMap, VecDeque};

use crate::MsgId;
use crate::limits::mailbox::REPLAY_WINDOW_MESSAGES;

/// The window.
#[derive(Default)]
pub(crate) struct Replays {
    ids: HashMap<i64, MsgId>,
    order: VecDeque<i64>,
}

impl Replays {
    /// The message that was sent with this number.
    pub(crate) fn find(&self, random_id: i64) -> Option<MsgId> {
        self.ids.get(&random_id).copied()
    }

    /// Remembers a message; 0 stands for "no number" in old clients and is never remembered.
    pub(crate) fn remember(&mut self, random_id: i64, id: MsgId) {
        if random_id == 0 || self.ids.insert(random_id, id).is_some() {
            return;
        }
        self.order.push_back(random_id);
        if self.order.len() > REPLAY_WINDOW_MESSAGES
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_forgets_the_oldest_first() {
        let mut replays = Replays::default();
        for number in 1..=(REPLAY_WINDOW_MESSAGES as i32 + 1) {
            replays.remember(i64::from(number), MsgId(number));
        }
        assert_eq!(replays.find(1), None);
        assert_eq!(replays.find(2), Some(MsgId(2)));
    }
}
