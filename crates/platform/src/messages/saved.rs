//! Saved Messages as a list of dialogs: notes are filed under the peer they were forwarded from (page "Saved messages").

use super::read::Affected;
use super::search::Search;
use crate::limits::mailbox::{DELETE_HISTORY_BATCHES, HISTORY_PAGE_MAX, PINNED_SAVED_MAX};
use crate::mailbox::{Change, HistoryPage, Numbered, Window};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// What is filed under one peer.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDialog {
    /// The peer.
    pub peer: Peer,
    /// The newest of it.
    pub top: Numbered,
    /// Pinned.
    pub pinned: bool,
}

impl Platform {
    /// All saved dialogs: pinned ones in their order, then newest first.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn saved_dialogs(&self, user: UserId) -> Result<Vec<SavedDialog>, PlatformError> {
        let order = self.view(user, |state| state.head.pinned_saved.clone()).await?;
        let mut dialogs: Vec<SavedDialog> = Vec::new();
        let mut below = 0;
        for _ in 0..DELETE_HISTORY_BATCHES {
            let page = Window { offset_id: below, ..Window::newest(HISTORY_PAGE_MAX as i32) };
            let notes = self.history(user, Peer::User(user), page).await?.messages;
            let Some(last) = notes.last() else { break };
            below = last.id.0;
            for note in notes {
                let peer = note.message.saved_peer.unwrap_or(Peer::User(user));
                if !dialogs.iter().any(|dialog| dialog.peer == peer) {
                    dialogs.push(SavedDialog { peer, pinned: order.contains(&peer), top: note });
                }
            }
        }
        let place = |dialog: &SavedDialog| order.iter().position(|peer| *peer == dialog.peer).unwrap_or(order.len());
        dialogs.sort_by_key(place);
        Ok(dialogs)
    }

    /// A page of what is filed under one peer.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn saved_history(&self, user: UserId, peer: Peer, window: Window) -> Result<HistoryPage, PlatformError> {
        let search = Search { peer: Some(Peer::User(user)), saved_peer: Some(peer), window, ..Search::default() };
        self.search(user, &search).await
    }

    /// Deletes what is filed under one peer, up to and including `max_id` (0: all).
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn delete_saved_history(
        &self,
        actor: Actor,
        peer: Peer,
        max_id: MsgId,
    ) -> Result<Affected, PlatformError> {
        let max_id = if max_id.0 > 0 { max_id.0.saturating_add(1) } else { 0 };
        let window = Window { max_id, ..Window::newest(HISTORY_PAGE_MAX as i32) };
        let page = self.saved_history(actor.user, peer, window).await?;
        let ids: Vec<MsgId> = page.messages.iter().map(|note| note.id).collect();
        let affected = self.delete_messages(actor, &ids, false).await?;
        Ok(Affected { more: ids.len() == HISTORY_PAGE_MAX, ..affected })
    }

    /// Sets which saved dialogs are pinned, in which order.
    ///
    /// # Errors
    /// [`Refusal::PinnedDialogsTooMuch`].
    pub async fn pin_saved(&self, actor: Actor, order: &[Peer]) -> Result<(), PlatformError> {
        self.change_own(actor, |state| {
            if order.len() > PINNED_SAVED_MAX {
                return Err(Refusal::PinnedDialogsTooMuch);
            }
            Ok((state.head.pinned_saved != order).then(|| Change::SavedPinnedOrder { order: order.to_vec() }))
        })
        .await
    }

    /// The pinned saved dialogs.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn pinned_saved(&self, user: UserId) -> Result<Vec<Peer>, PlatformError> {
        self.view(user, |state| state.head.pinned_saved.clone()).await
    }
}
