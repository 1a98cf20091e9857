//! The list of dialogs: its pages, its pinned top, its marks and its archive.

use crate::limits::mailbox::{DIALOGS_PAGE_MAX, MOVES_MAX, PINNED_ARCHIVED_MAX, PINNED_DIALOGS_MAX};
use crate::mailbox::{Change, Dialog, Entry, EventBody, State, Write};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// Offsets further ahead than this mean "from the beginning", as TDLib asks for its first page.
const FUTURE_SECONDS: i32 = 24 * 3600;

/// Where a page of dialogs begins: after the dialog with this top message. All zero: from the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialogOffset {
    /// Date of its top message.
    pub date: i32,
    /// Its top message.
    pub id: MsgId,
    /// With whom.
    pub peer: Option<Peer>,
}

impl DialogOffset {
    fn is_start(self, now: i32) -> bool {
        (self.date == 0 && self.id.0 == 0) || self.date > now.saturating_add(FUTURE_SECONDS)
    }

    /// Whether a dialog comes after this place. With a date but no id only older dialogs do.
    fn is_before(self, dialog: &Dialog) -> bool {
        if self.date == 0 {
            return dialog.top < self.id;
        }
        let place = (dialog.top_date, dialog.top);
        place < (self.date, self.id)
            || (place == (self.date, self.id) && self.peer.is_some_and(|peer| dialog.peer < peer))
    }
}

/// A page of dialogs, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DialogPage {
    /// The dialogs.
    pub dialogs: Vec<Dialog>,
    /// Which of them are pinned.
    pub pinned: Vec<Peer>,
    /// Dialogs in the whole list.
    pub total: i32,
    /// The page is the whole list.
    pub is_whole: bool,
}

fn page(
    state: &State,
    folder: Option<i32>,
    exclude_pinned: bool,
    offset: DialogOffset,
    limit: usize,
    now: i32,
) -> DialogPage {
    let listed = |dialog: &&Dialog| dialog.is_listed() && folder.is_none_or(|folder| dialog.folder == folder);
    let pinned = state.head.pinned_in(folder.unwrap_or(0));
    let mut rest: Vec<&Dialog> =
        state.dialogs.values().filter(listed).filter(|dialog| !pinned.contains(&dialog.peer)).collect();
    rest.sort_unstable_by_key(|dialog| std::cmp::Reverse(dialog.order()));
    let on_top = if exclude_pinned { Vec::new() } else { listed_pinned(state, pinned) };
    let total = rest.len() + on_top.len();
    let is_start = offset.is_start(now);
    let dialogs: Vec<Dialog> = if is_start {
        on_top.into_iter().chain(rest).take(limit).cloned().collect()
    } else {
        rest.into_iter().filter(|dialog| offset.is_before(dialog)).take(limit).cloned().collect()
    };
    DialogPage {
        is_whole: is_start && dialogs.len() == total,
        total: i32::try_from(total).unwrap_or(i32::MAX),
        pinned: all_pinned(state),
        dialogs,
    }
}

fn listed_pinned<'s>(state: &'s State, pinned: &[Peer]) -> Vec<&'s Dialog> {
    pinned.iter().filter_map(|peer| state.dialogs.get(peer)).filter(|dialog| dialog.is_listed()).collect()
}

fn all_pinned(state: &State) -> Vec<Peer> {
    state.head.pinned.iter().chain(&state.head.pinned_archived).copied().collect()
}

impl Platform {
    /// A page of the list of dialogs; `folder` 0 is the main list, 1 the archive, `None` both.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn dialogs(
        &self,
        user: UserId,
        folder: Option<i32>,
        exclude_pinned: bool,
        offset: DialogOffset,
        limit: i32,
    ) -> Result<DialogPage, PlatformError> {
        let limit = usize::try_from(limit).unwrap_or(0).min(DIALOGS_PAGE_MAX);
        let now = self.now();
        self.view(user, |state| page(state, folder, exclude_pinned, offset, limit, now)).await
    }

    /// These dialogs, listed or not.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when they cannot be read.
    pub async fn dialogs_with(&self, user: UserId, peers: &[Peer]) -> Result<DialogPage, PlatformError> {
        self.view(user, |state| DialogPage {
            dialogs: peers.iter().map(|peer| state.dialog(*peer)).collect(),
            pinned: all_pinned(state),
            total: i32::try_from(peers.len()).unwrap_or(i32::MAX),
            is_whole: true,
        })
        .await
    }

    /// The pinned dialogs of a list, from the top.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when they cannot be read.
    pub async fn pinned_dialogs(&self, user: UserId, folder: i32) -> Result<DialogPage, PlatformError> {
        self.view(user, |state| {
            let dialogs: Vec<Dialog> =
                listed_pinned(state, state.head.pinned_in(folder)).into_iter().cloned().collect();
            let total = i32::try_from(dialogs.len()).unwrap_or(i32::MAX);
            DialogPage { dialogs, pinned: all_pinned(state), total, is_whole: true }
        })
        .await
    }

    /// Dialogs marked as unread by hand.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when they cannot be read.
    pub async fn unread_marks(&self, user: UserId) -> Result<Vec<Peer>, PlatformError> {
        self.view(user, |state| {
            state.dialogs.values().filter(|dialog| dialog.unread_mark).map(|dialog| dialog.peer).collect()
        })
        .await
    }

    /// Pins a dialog to the top of its list, or unpins it.
    ///
    /// # Errors
    /// [`Refusal::PinnedDialogsTooMuch`], [`Refusal::PeerIdInvalid`] for a dialog that is not listed.
    pub async fn pin_dialog(&self, actor: Actor, peer: Peer, pinned: bool) -> Result<(), PlatformError> {
        self.change_own(actor, |state| {
            let dialog = state.dialog(peer);
            let list = state.head.pinned_in(dialog.folder);
            if list.contains(&peer) == pinned {
                return Ok(None);
            }
            if pinned && !dialog.is_listed() {
                return Err(Refusal::PeerIdInvalid);
            }
            if pinned && list.len() >= pinned_max(dialog.folder) {
                return Err(Refusal::PinnedDialogsTooMuch);
            }
            Ok(Some(Change::DialogPinned { peer, folder: dialog.folder, pinned }))
        })
        .await
    }

    /// Sets the order of pinned dialogs; with `force` those not named are unpinned, else they follow.
    ///
    /// # Errors
    /// [`Refusal::PinnedDialogsTooMuch`].
    pub async fn reorder_pinned(
        &self,
        actor: Actor,
        folder: i32,
        order: &[Peer],
        force: bool,
    ) -> Result<(), PlatformError> {
        self.change_own(actor, |state| {
            let belongs = |peer: &Peer| {
                state.dialogs.get(peer).is_some_and(|dialog| dialog.is_listed() && dialog.folder == folder)
            };
            let before = state.head.pinned_in(folder);
            let mut after: Vec<Peer> = Vec::new();
            let kept = before.iter().filter(|_| !force);
            for peer in order.iter().filter(|peer| belongs(peer)).chain(kept) {
                if !after.contains(peer) {
                    after.push(*peer);
                }
            }
            if after.len() > pinned_max(folder) {
                return Err(Refusal::PinnedDialogsTooMuch);
            }
            Ok((after != before).then_some(Change::PinnedOrder { folder, order: after }))
        })
        .await
    }

    /// Marks a dialog as unread by hand, or takes the mark away.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn mark_unread(&self, actor: Actor, peer: Peer, unread: bool) -> Result<(), PlatformError> {
        self.change_own(actor, |state| {
            Ok((state.dialog(peer).unread_mark != unread).then_some(Change::UnreadMark { peer, unread }))
        })
        .await
    }

    /// Hides the bar above a dialog.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn hide_bar(&self, actor: Actor, peer: Peer) -> Result<(), PlatformError> {
        self.change_own(actor, |state| Ok((!state.dialog(peer).bar_hidden).then_some(Change::BarHidden { peer }))).await
    }

    /// One entry of the second log, if the pending state calls for it.
    pub(super) async fn change_own(
        &self,
        actor: Actor,
        decide: impl FnOnce(&State) -> Result<Option<Change>, Refusal>,
    ) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(actor.user).await?;
        let written = self.write(&[mailbox], actor, |write| {
            if let Some(change) = decide(write.state(actor.user))? {
                write.change(actor.user, change);
            }
            Ok(())
        })?;
        written.durable(self).await
    }

    /// Moves dialogs between the main list (0) and the archive (1) and returns the log entries.
    ///
    /// # Errors
    /// [`Refusal::FolderIdInvalid`]; [`Refusal::LimitInvalid`] for too many at once.
    pub async fn move_dialogs(&self, actor: Actor, moves: &[(Peer, i32)]) -> Result<Vec<Entry>, PlatformError> {
        if moves.len() > MOVES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        if moves.iter().any(|(_, folder)| !(0..=1).contains(folder)) {
            return Err(Refusal::FolderIdInvalid.into());
        }
        let mailbox = self.mailbox(actor.user).await?;
        let written = self.write(&[mailbox], actor, |write| {
            Ok([0, 1].into_iter().filter_map(|folder| plan_move(write, actor.user, moves, folder)).collect())
        })?;
        written.durable(self).await
    }
}

fn pinned_max(folder: i32) -> usize {
    if folder == 0 { PINNED_DIALOGS_MAX } else { PINNED_ARCHIVED_MAX }
}

fn plan_move(write: &mut Write<'_>, user: UserId, moves: &[(Peer, i32)], folder: i32) -> Option<Entry> {
    let state = write.state(user);
    let moved = moves.iter().filter(|(peer, to)| *to == folder && state.dialog(*peer).folder != folder);
    let peers: Vec<Peer> = moved.map(|(peer, _)| *peer).collect();
    if peers.is_empty() {
        return None;
    }
    let pts_count = i32::try_from(peers.len()).unwrap_or(i32::MAX);
    Some(write.entry(user, pts_count, EventBody::Folder { peers, folder }))
}
