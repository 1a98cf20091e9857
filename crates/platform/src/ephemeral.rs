//! News that is not stored: what travels in `bus::Signal::Ephemeral`. It says what happened, not what a viewer may see:
//! that is decided where it is shown. It may be lost.

use bus::Signal;
use bytes::Bytes;
use minicbor::{Decode, Encode};

use crate::codec::{self, Stored};
use crate::limits::mailbox::{TYPING_INTERVAL_MS, TYPING_PAIRS_MAX};
use crate::{Peer, Platform, PlatformError, UserId};

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Ephemeral {
    /// Somebody came or left; look up what this viewer may know of it.
    #[n(0)]
    Status {
        /// Who.
        #[n(0)]
        user: UserId,
    },
    /// Somebody is writing (or recording, choosing …) to the person.
    #[n(1)]
    Typing {
        /// Who.
        #[n(0)]
        from: UserId,
        /// What they are doing.
        #[n(1)]
        activity: Activity,
    },
    /// The same in a group.
    #[n(2)]
    TypingInChat {
        /// Where.
        #[n(0)]
        chat: i64,
        /// Who.
        #[n(1)]
        from: UserId,
        /// What they are doing.
        #[n(2)]
        activity: Activity,
    },
}

impl Stored for Ephemeral {
    const WHAT: &'static str = "ephemeral signal";
}

/// What somebody is doing in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)]
pub enum Activity {
    #[n(0)]
    Typing,
    #[n(1)]
    Cancel,
    #[n(2)]
    RecordVideo,
    #[n(3)]
    UploadVideo(#[n(0)] i32),
    #[n(4)]
    RecordAudio,
    #[n(5)]
    UploadAudio(#[n(0)] i32),
    #[n(6)]
    UploadPhoto(#[n(0)] i32),
    #[n(7)]
    UploadDocument(#[n(0)] i32),
    #[n(8)]
    GeoLocation,
    #[n(9)]
    ChooseContact,
    #[n(10)]
    GamePlay,
    #[n(11)]
    RecordRound,
    #[n(12)]
    UploadRound(#[n(0)] i32),
    #[n(13)]
    ChooseSticker,
}

impl Ephemeral {
    /// The payload of the signal.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        codec::encode(self)
    }

    /// What a payload says.
    ///
    /// # Errors
    /// [`PlatformError::Damaged`], also for news that only a newer release knows.
    pub fn decode(payload: &[u8]) -> Result<Self, PlatformError> {
        codec::decode(payload)
    }
}

impl Platform {
    /// Shows a notice on the screens of a person.
    pub fn show(&self, user: UserId, notice: &Ephemeral) {
        self.publish(Signal::Ephemeral { user_id: user.0, payload: notice.encode() });
    }

    /// Tells the other side of a private conversation what the person is doing, unless one blocked the other. Notices that
    /// follow each other too fast are left out.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it is not known who blocked whom.
    pub async fn set_typing(&self, from: UserId, to: UserId, activity: Activity) -> Result<(), PlatformError> {
        if from == to || !self.may_type_again(from, Peer::User(to), activity) {
            return Ok(());
        }
        let relation = self.relation(from, to).await?;
        if !relation.blocks && !relation.blocked_by {
            self.show(to, &Ephemeral::Typing { from, activity });
        }
        Ok(())
    }

    pub(crate) fn may_type_again(&self, from: UserId, to: Peer, activity: Activity) -> bool {
        let now_ms = self.inner.runtime.now_ms();
        let mut last = self.inner.typing.lock();
        if last.len() >= TYPING_PAIRS_MAX {
            last.clear();
        }
        let key = (from, to);
        let is_early = last.get(&key).is_some_and(|(at, what)| now_ms - at < TYPING_INTERVAL_MS && *what == activity);
        if !is_early {
            last.insert(key, (now_ms, activity));
        }
        !is_early
    }
}

/// When each pair's last notice was sent, and what it said.
pub(crate) type LastTyping = parking_lot::Mutex<std::collections::HashMap<(UserId, Peer), (i64, Activity)>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_survives_the_bus() {
        let notice = Ephemeral::Typing { from: UserId(7), activity: Activity::UploadPhoto(40) };
        assert_eq!(Ephemeral::decode(&notice.encode()).expect("just encoded"), notice);
        assert!(Ephemeral::decode(b"\xff").is_err());
    }
}
