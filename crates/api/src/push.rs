//! What is written to connected devices without being asked: a mailbox's entries after a cursor, and news that is not
//! stored. Rendered once for a person at the home layer; the gateway translates for each session and leaves out the
//! authorisation whose own call was the cause.

use platform::ephemeral::{Activity, Ephemeral};
use platform::mailbox::{Cursor, Entry, RingEntry};
use platform::{AuthKeyId, UserId};
use tl::{Serializable, enums, types};

use crate::limits::PUSH_ITEM_ENTRIES_MAX;
use crate::views::peer::user_peer;
use crate::views::peers::Peers;
use crate::views::{updates, user};
use crate::{Api, RpcError};

/// Entries after a cursor, rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushBatch {
    /// Where to go on.
    pub next: Cursor,
    /// In the order of the log.
    pub items: Vec<PushItem>,
    /// Too far behind: `updatesTooLong` instead of items.
    pub too_long: bool,
}

/// One container of updates.
#[derive(Clone, Debug, PartialEq)]
pub struct PushItem {
    /// Whose call caused it: its result carried the same updates already.
    pub origin: Option<AuthKeyId>,
    /// A serialised `Updates` at the home layer.
    pub body: Vec<u8>,
}

impl Api {
    /// The news for a device whose login token was accepted.
    #[must_use]
    pub fn render_login_token(&self) -> Vec<u8> {
        let date = self.platform().now();
        enums::Updates::from(types::UpdateShort { update: enums::Update::LoginToken, date }).to_bytes()
    }

    /// Where the pump of a person begins: everything before it is for `getDifference`.
    ///
    /// # Errors
    /// The store's trouble, as a wait.
    pub async fn cursor(&self, user: UserId) -> Result<Cursor, RpcError> {
        Ok(self.platform().cursor(user).await?)
    }

    /// What to write to a person's devices after a cursor. Everything in it is durable. What the authorisation `but` has
    /// caused is left out: a person's only one needs nothing of it.
    ///
    /// # Errors
    /// The store's trouble, as a wait.
    pub async fn push_since(&self, user: UserId, from: Cursor, but: Option<AuthKeyId>) -> Result<PushBatch, RpcError> {
        let (entries, cut) = self.platform().entries_since(user, from).await?;
        let next = cut.cursor();
        let Some(entries) = entries else { return Ok(PushBatch { next, items: Vec::new(), too_long: true }) };
        let mut items = Vec::new();
        for run in runs(&entries) {
            let origin = run.first().and_then(|item| item.origin);
            if but.is_some() && origin == but {
                continue;
            }
            let entries: Vec<Entry> = run.iter().map(|item| item.entry.clone()).collect();
            let rendered = updates::render(self.platform(), user, &entries, false).await?;
            if !rendered.updates.is_empty() {
                let peers = rendered.peers;
                let shown = updates::contain(self.platform(), user, rendered.updates, peers, cut.date).await?;
                let body = shown.to_bytes();
                debug_assert!(crate::dispatch::explains_its_peers(&body), "a push leaves peers unexplained");
                items.push(PushItem { origin, body });
            }
        }
        Ok(PushBatch { next, items, too_long: false })
    }

    /// News that is not stored, as this person may see it; `None` if they may not.
    pub async fn render_ephemeral(&self, user: UserId, payload: &[u8]) -> Option<Vec<u8>> {
        let news = Ephemeral::decode(payload).ok()?;
        let mut peers = Peers::default();
        let update = match news {
            Ephemeral::Typing { from, activity } => {
                peers.add_user(from);
                types::UpdateUserTyping { user_id: from.0, top_msg_id: None, action: action(activity) }.into()
            }
            Ephemeral::TypingInChat { chat, from, activity } => {
                peers.add_user(from);
                peers.add_chat(chat);
                let from_id = user_peer(from);
                types::UpdateChatUserTyping { chat_id: chat, from_id, action: action(activity) }.into()
            }
            Ephemeral::Status { user: who } => {
                peers.add_user(who);
                user::status_update(self.platform(), user, who).await.ok()??
            }
        };
        let date = self.platform().now();
        let shown = updates::contain(self.platform(), user, vec![update], peers, date).await.ok()?;
        Some(shown.to_bytes())
    }
}

/// Neighbours with the same origin share a container, up to a bound.
fn runs(entries: &[RingEntry]) -> impl Iterator<Item = &[RingEntry]> {
    let same_origin = entries.chunk_by(|one, next| one.origin == next.origin);
    same_origin.flat_map(|run| run.chunks(PUSH_ITEM_ENTRIES_MAX))
}

fn action(activity: Activity) -> enums::SendMessageAction {
    use enums::SendMessageAction as A;
    match activity {
        Activity::Typing => A::SendMessageTypingAction,
        Activity::Cancel => A::SendMessageCancelAction,
        Activity::RecordVideo => A::SendMessageRecordVideoAction,
        Activity::UploadVideo(progress) => types::SendMessageUploadVideoAction { progress }.into(),
        Activity::RecordAudio => A::SendMessageRecordAudioAction,
        Activity::UploadAudio(progress) => types::SendMessageUploadAudioAction { progress }.into(),
        Activity::UploadPhoto(progress) => types::SendMessageUploadPhotoAction { progress }.into(),
        Activity::UploadDocument(progress) => types::SendMessageUploadDocumentAction { progress }.into(),
        Activity::GeoLocation => A::SendMessageGeoLocationAction,
        Activity::ChooseContact => A::SendMessageChooseContactAction,
        Activity::GamePlay => A::SendMessageGamePlayAction,
        Activity::RecordRound => A::SendMessageRecordRoundAction,
        Activity::UploadRound(progress) => types::SendMessageUploadRoundAction { progress }.into(),
        Activity::ChooseSticker => A::SendMessageChooseStickerAction,
    }
}
