//! Drafts: what is being written, in step on all devices of its author.

use minicbor::{Decode, Encode};

use super::text;
use crate::codec::{Stored, decode_record, encode};
use crate::mailbox::{Change, Entity, Write, keys};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, UserId};

/// A draft.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Draft {
    /// The words so far.
    #[n(0)]
    pub text: String,
    /// Their styles.
    #[n(1)]
    pub entities: Vec<Entity>,
    /// When it was saved.
    #[n(2)]
    pub date: i32,
    /// What it will answer.
    #[n(3)]
    pub reply_to: Option<MsgId>,
    /// No preview of links.
    #[n(4)]
    pub no_webpage: bool,
    /// Media below the text.
    #[n(5)]
    pub invert_media: bool,
}

impl Stored for Draft {
    const WHAT: &'static str = "draft";
}

impl Platform {
    /// Saves a draft; one without words and reply clears it.
    ///
    /// # Errors
    /// [`crate::Refusal::MessageTooLong`], [`crate::Refusal::EntityBoundsInvalid`]; [`PlatformError::Store`].
    pub async fn save_draft(&self, actor: Actor, peer: Peer, draft: Draft) -> Result<(), PlatformError> {
        if draft.text.is_empty() && draft.reply_to.is_none() {
            return self.clear_drafts(actor, &[peer]).await;
        }
        text::check(&draft.text, &draft.entities)?;
        let record = encode(&Draft { date: self.now(), ..draft });
        let mailbox = self.mailbox(actor.user).await?;
        let written = self.write(&[mailbox], actor, |write| {
            write.put(actor.user, &keys::draft(peer), record);
            write.change(actor.user, Change::Draft { peer, present: true });
            Ok(())
        })?;
        written.durable(self).await
    }

    async fn clear_drafts(&self, actor: Actor, peers: &[Peer]) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(actor.user).await?;
        let plan = |write: &mut Write<'_>| {
            peers.iter().for_each(|peer| super::send::plan_clear_draft(write, actor.user, *peer));
            Ok(())
        };
        self.write(&[mailbox], actor, plan)?.durable(self).await
    }

    /// Clears every draft of a person; their other devices are told of each.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn clear_all_drafts(&self, user: UserId) -> Result<(), PlatformError> {
        let peers = self.drafted(user).await?;
        self.clear_drafts(Actor::server(user), &peers).await
    }

    async fn drafted(&self, user: UserId) -> Result<Vec<Peer>, PlatformError> {
        let drafted = |state: &mut crate::mailbox::State| {
            let dialogs = state.dialogs.values().filter(|dialog| dialog.has_draft);
            dialogs.map(|dialog| dialog.peer).take(store::limits::BATCH_MAX_RECORDS / 4).collect()
        };
        self.view(user, drafted).await
    }

    /// Every draft of a person.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn all_drafts(&self, user: UserId) -> Result<Vec<(Peer, Draft)>, PlatformError> {
        let peers = self.drafted(user).await?;
        let drafts = self.drafts(user, &peers).await?;
        Ok(peers.into_iter().zip(drafts).filter_map(|(peer, draft)| Some((peer, draft?))).collect())
    }

    /// The drafts of these dialogs.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn drafts(&self, user: UserId, peers: &[Peer]) -> Result<Vec<Option<Draft>>, PlatformError> {
        let wanted: Vec<_> = peers.iter().map(|peer| crate::keys::user_key(user, &keys::draft(*peer))).collect();
        let records = self.inner.store.get_many(&wanted).await?;
        records.iter().map(|record| decode_record(record.as_ref())).collect()
    }
}
