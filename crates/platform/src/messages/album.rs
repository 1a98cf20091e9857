//! Albums: several photos, videos or files that are sent in one batch and shown as one (page "Albums, grouped media").

use std::collections::HashMap;

use super::send::{Sent, Several, check_caption, sender_flags};
use super::text;
use super::turn::Turn;
use crate::limits::mailbox::ALBUM_MAX;
use crate::mailbox::{Entity, Flags, Media, Message};
use crate::media::DocumentKind;
use crate::messages::ReplyTo;
use crate::{Actor, Peer, Platform, PlatformError, Refusal};

/// One message of an album.
#[derive(Clone, Debug, PartialEq)]
pub struct AlbumItem {
    /// The words under it.
    pub text: String,
    /// The client's own styles and links.
    pub entities: Vec<Entity>,
    /// The client's number for it.
    pub random_id: i64,
    /// What it shows.
    pub media: Media,
}

/// An album to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Album {
    /// To whom.
    pub peer: Peer,
    /// What it is made of, at most [`ALBUM_MAX`].
    pub items: Vec<AlbumItem>,
    /// What all of it answers.
    pub reply: Option<ReplyTo>,
    /// [`Flags`] the sender may choose.
    pub flags: Flags,
    /// Forget the draft of this dialog.
    pub clear_draft: bool,
}

/// What may stand together: photos with videos, files with files, music with music.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shelf {
    Pictures,
    Files,
    Music,
}

impl Shelf {
    pub(super) fn of(media: &Media) -> Option<Self> {
        match (media, media.document_kind()) {
            (Media::Photo { .. }, _) | (_, Some(DocumentKind::Video)) => Some(Self::Pictures),
            (_, Some(DocumentKind::File)) => Some(Self::Files),
            (_, Some(DocumentKind::Music)) => Some(Self::Music),
            _ => None,
        }
    }
}

impl Platform {
    /// Sends an album by somebody who has waited for their turn: all of it or nothing (to a group of more than a few dozen
    /// people, which one batch does not hold, in parts that fail together). What was sent before under the same
    /// `random_id` is returned as it was.
    ///
    /// # Errors
    /// Refusals as `messages.sendMultiMedia` documents them; [`PlatformError::Store`] when it could not be written.
    pub async fn send_album_in_turn(&self, turn: Turn, actor: Actor, album: Album) -> Result<Vec<Sent>, PlatformError> {
        check_items(&album.items)?;
        let random_ids: Vec<i64> = album.items.iter().map(|item| item.random_id).collect();
        if let Some(earlier) = self.find_earlier(actor.user, &random_ids).await? {
            drop(turn);
            return self.sent_again(actor.user, earlier).await;
        }
        let audience = self.reachable(actor.user, album.peer).await?;
        let replies = self.replies(actor.user, &audience, album.peer, album.reply.as_ref()).await?;
        let clear_draft = album.clear_draft.then_some(album.peer);
        let grouped_id = (album.items.len() > 1).then(|| self.random_group_id());
        let is_self = album.peer == Peer::User(actor.user);
        let mut copies = Vec::with_capacity(album.items.len());
        for item in album.items {
            let styled = text::prepare(&item.text, &item.entities)?;
            check_caption(&styled.text, Some(&item.media))?;
            let message = Message {
                flags: sender_flags(album.flags, Some(&item.media), is_self),
                entities: styled.entities,
                random_id: (item.random_id != 0).then_some(item.random_id),
                media: Some(item.media),
                grouped_id,
                saved_peer: is_self.then_some(album.peer),
                ..Message::text(album.peer, actor.user, self.now(), styled.text)
            };
            audience.check(actor.user, &message)?;
            copies.push((message, item.random_id));
        }
        self.deliver_in_parts(turn, actor, Several { audience: &audience, copies, replies, clear_draft }).await
    }

    /// A number for a new album; positive.
    pub(super) fn random_group_id(&self) -> i64 {
        (self.random_i64() & i64::MAX).max(1)
    }
}

fn check_items(items: &[AlbumItem]) -> Result<(), Refusal> {
    let Some(first) = items.first() else { return Err(Refusal::MediaEmpty) };
    if items.len() > ALBUM_MAX {
        return Err(Refusal::MultiMediaTooLong);
    }
    let mut random_ids: Vec<i64> = items.iter().map(|item| item.random_id).collect();
    random_ids.sort_unstable();
    random_ids.dedup();
    if random_ids.len() < items.len() {
        return Err(Refusal::RandomIdDuplicate);
    }
    let shelf = Shelf::of(&first.media);
    for item in items {
        match Shelf::of(&item.media) {
            None if items.len() > 1 => return Err(Refusal::MediaInvalid),
            other if other != shelf => return Err(Refusal::MediaGroupedInvalid),
            _ => {}
        }
    }
    Ok(())
}

/// Copies of an album are an album of their own; one picture alone is none.
pub(super) fn regroup(copies: &mut [(Message, i64)], new_id: impl Fn() -> i64) {
    let mut sizes: HashMap<i64, usize> = HashMap::new();
    for id in copies.iter().filter_map(|(message, _)| message.grouped_id) {
        *sizes.entry(id).or_default() += 1;
    }
    let groups: HashMap<i64, Option<i64>> =
        sizes.into_iter().map(|(id, size)| (id, (size > 1).then(&new_id))).collect();
    for (message, _) in copies {
        message.grouped_id = message.grouped_id.and_then(|id| groups.get(&id).copied().flatten());
    }
}
