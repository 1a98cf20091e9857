//! What is written to connected devices without being asked: a mailbox's entries after a cursor, and news that is not
//! stored. Rendered once for a person, and what a group is told once for all members who see the same ([`pattern`]); for each
//! session in the words of its layer. The gateway leaves out the authorisation whose own call was the cause.

mod pattern;
mod stencil;

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use platform::ephemeral::{Activity, Ephemeral};
use platform::mailbox::{Cursor, Entry, Numbered, RingEntry};
use platform::{AuthKeyId, UserId};
use tl::{Serializable, enums, types};

pub(crate) use self::pattern::Patterns;
use self::pattern::{Look, Pattern};
use self::stencil::Numbers;
use crate::limits::PUSH_ITEM_ENTRIES_MAX;
use crate::views::peer::user_peer;
use crate::views::peers::Peers;
use crate::views::{updates, user};
use crate::{Api, RpcError};

/// Entries after a cursor, rendered.
#[derive(Clone, Debug, Default)]
pub struct PushBatch {
    /// Where to go on.
    pub next: Cursor,
    /// In the order of the log.
    pub items: Vec<PushItem>,
    /// Too far behind: `updatesTooLong` instead of items.
    pub too_long: bool,
}

/// One container of updates.
#[derive(Clone, Debug)]
pub struct PushItem {
    /// Whose call caused it: its result carried the same updates already.
    pub origin: Option<AuthKeyId>,
    /// What it says.
    pub body: Body,
}

/// `Updates` that are not written out yet.
#[derive(Clone, Debug)]
pub struct Body(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// For one person, at the home layer.
    Own(Bytes),
    /// For many people; here are this one's numbers.
    Shared(Arc<Pattern>, Numbers),
}

impl Body {
    /// Serialised for a client of this layer, the home layer if it has named none. What cannot be told there is left out; the
    /// client's next difference says it another way.
    #[must_use]
    pub fn for_layer(&self, layer: i32) -> Option<Bytes> {
        let layer = if layer == 0 { tl::LAYER } else { layer };
        match &self.0 {
            Kind::Own(home) => told(layer, home),
            Kind::Shared(pattern, numbers) => pattern.filled(layer, numbers),
        }
    }

    /// Whether it was rendered for many people at once.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Kind::Shared(..))
    }

    /// Serialised for the home layer.
    #[must_use]
    pub fn home(&self) -> Bytes {
        self.for_layer(tl::LAYER).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Body {
    fn from(home: Vec<u8>) -> Self {
        Self(Kind::Own(home.into()))
    }
}

/// Updates in the words of a layer.
fn told(layer: i32, home: &[u8]) -> Option<Bytes> {
    match tl::translate::updates(layer, home) {
        Ok(told) => told.map(|bytes| Bytes::copy_from_slice(&bytes)),
        Err(error) => {
            tracing::error!(%error, layer, "an update cannot be told to a client's layer");
            None
        }
    }
}

impl Api {
    /// The news for a device whose login token was accepted.
    #[must_use]
    pub fn render_login_token(&self) -> Body {
        let date = self.platform().now();
        enums::Updates::from(types::UpdateShort { update: enums::Update::LoginToken, date }).to_bytes().into()
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
        let (mut items, mut look) = (Vec::new(), None);
        for run in runs(&entries) {
            let origin = run.first().and_then(|item| item.origin);
            if but.is_some() && origin == but {
                continue;
            }
            let item = |body| PushItem { origin, body };
            let mut own = Vec::new();
            for RingEntry { entry, .. } in run {
                match self.shared(user, entry, cut.date, &mut look) {
                    Some(body) => {
                        if !own.is_empty() {
                            items.extend(self.own(user, std::mem::take(&mut own), cut.date).boxed().await?.map(item));
                            look = None;
                        }
                        items.push(item(body));
                    }
                    None => own.push(entry.clone()),
                }
            }
            if !own.is_empty() {
                items.extend(self.own(user, own, cut.date).boxed().await?.map(item));
                look = None;
            }
        }
        Ok(PushBatch { next, items, too_long: false })
    }

    /// A new message that others are told alike. What was seen last serves the next one in the same breath.
    fn shared(&self, user: UserId, entry: &Entry, date: i32, look: &mut Option<Look>) -> Option<Body> {
        let Entry::Message(id, message) = entry else { return None };
        let numbered = Numbered { id: *id, message: message.clone() };
        let (pattern, numbers) = self.patterns().find_or_make(self.platform(), user, &numbered, date, look)?;
        Some(Body(Kind::Shared(pattern, numbers)))
    }

    /// Entries rendered for one person; nothing if they say nothing. Boxed where it is called: what is told to many needs no
    /// room for it.
    async fn own(&self, user: UserId, entries: Vec<Entry>, date: i32) -> Result<Option<Body>, RpcError> {
        let rendered = updates::render(self.platform(), user, &entries, false).await?;
        if rendered.updates.is_empty() {
            return Ok(None);
        }
        let shown = updates::contain(self.platform(), user, rendered.updates, rendered.peers, date).await?;
        let body = shown.to_bytes();
        debug_assert!(crate::dispatch::explains_its_peers(&body), "a push leaves peers unexplained");
        Ok(Some(body.into()))
    }

    /// News that is not stored, as this person may see it; `None` if they may not.
    pub async fn render_ephemeral(&self, user: UserId, payload: &[u8]) -> Option<Body> {
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
        Some(shown.to_bytes().into())
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
