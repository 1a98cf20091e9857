//! Search in one's own mailbox by looking through it, newest first, up to a bound. A word index follows with the search
//! issue; until then a mailbox of the usual size is searched whole.

use std::sync::Arc;

use store::Scan;

use crate::codec::decode;
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::{PAGE_MAX_BYTES, SEARCH_QUERY_MAX_CHARS, SEARCH_SCAN_MESSAGES, SEARCH_WORDS_MAX};
use crate::mailbox::{EntityKind, Flags, HistoryPage, Media, Message, Numbered, Window};
use crate::media::{Attribute, DocumentKind};
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

const PAGE: usize = 500;

/// Kinds of messages that can be looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any.
    #[default]
    Any,
    /// Pinned ones.
    Pinned,
    /// Those with links.
    Url,
    /// Contacts' cards.
    Contacts,
    /// Places.
    Geo,
    /// Photos.
    Photos,
    /// Videos.
    Video,
    /// Photos and videos.
    PhotoVideo,
    /// Files that are nothing else.
    Document,
    /// Moving pictures without sound.
    Gif,
    /// Voice notes.
    Voice,
    /// Music.
    Music,
    /// Round video notes.
    RoundVideo,
    /// Voice notes and round video notes.
    RoundVoice,
    /// Those that mention the owner.
    Mentions,
    /// A kind that no message can be of yet.
    Absent,
}

/// What is looked for. Of a caption under a file, its name counts as words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// In this conversation only.
    pub peer: Option<Peer>,
    /// All of these words.
    pub query: String,
    /// Of this kind.
    pub kind: Kind,
    /// By this author.
    pub from: Option<Peer>,
    /// In Saved Messages: filed under this peer.
    pub saved_peer: Option<Peer>,
    /// Newer than this date; 0 for any.
    pub min_date: i32,
    /// Older than this date; 0 for any.
    pub max_date: i32,
    /// Which part of what is found.
    pub window: Window,
}

impl Search {
    fn words(&self) -> Vec<String> {
        let looked_at: String = self.query.chars().take(SEARCH_QUERY_MAX_CHARS).collect();
        looked_at.to_lowercase().split_whitespace().take(SEARCH_WORDS_MAX).map(str::to_owned).collect()
    }

    /// Whether it is a page of history by another name.
    fn takes_everything(&self) -> bool {
        let whole = Self { peer: self.peer, window: self.window, ..Self::default() };
        *self == whole
    }

    fn fits(&self, message: &Message, words: &[String]) -> bool {
        self.from.is_none_or(|from| message.from == from)
            && self.saved_peer.is_none_or(|peer| message.saved_peer == Some(peer))
            && (self.min_date <= 0 || message.date > self.min_date)
            && (self.max_date <= 0 || message.date < self.max_date)
            && is_of(self.kind, message)
            && has_words(message, words)
    }
}

fn is_of(kind: Kind, message: &Message) -> bool {
    let is_photo = matches!(message.media, Some(Media::Photo { .. }));
    let document = message.media.as_ref().and_then(Media::document_kind);
    match kind {
        Kind::Any => true,
        Kind::Pinned => message.flags.has(Flags::PINNED),
        Kind::Url => {
            message.entities.iter().any(|entity| matches!(entity.kind, EntityKind::Url | EntityKind::TextUrl(_)))
        }
        Kind::Contacts => matches!(message.media, Some(Media::Contact { .. })),
        Kind::Geo => matches!(message.media, Some(Media::Geo { .. } | Media::Venue { .. })),
        Kind::Photos => is_photo,
        Kind::Video => document == Some(DocumentKind::Video),
        Kind::PhotoVideo => is_photo || document == Some(DocumentKind::Video),
        Kind::Document => document == Some(DocumentKind::File),
        Kind::Gif => document == Some(DocumentKind::Gif),
        Kind::Voice => document == Some(DocumentKind::Voice),
        Kind::Music => document == Some(DocumentKind::Music),
        Kind::RoundVideo => document == Some(DocumentKind::RoundVideo),
        Kind::RoundVoice => matches!(document, Some(DocumentKind::Voice | DocumentKind::RoundVideo)),
        Kind::Mentions => message.flags.has(Flags::MENTIONED),
        Kind::Absent => false,
    }
}

fn has_words(message: &Message, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = format!("{}\n{}", message.text, names(message)).to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// The name, title and performer of a file.
fn names(message: &Message) -> String {
    let Some(Media::Document { document, .. }) = &message.media else { return String::new() };
    let words = document.attributes.iter().map(|attribute| match attribute {
        Attribute::Filename(name) => name.clone(),
        Attribute::Audio(audio) => {
            [&audio.title, &audio.performer].into_iter().flatten().cloned().collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    });
    words.collect::<Vec<_>>().join("\n")
}

/// What a walk through a mailbox has found.
#[derive(Default)]
struct Walk {
    found: Vec<Numbered>,
    seen: usize,
}

impl Walk {
    fn look_at(&mut self, search: &Search, words: &[String], message: Numbered) {
        self.seen += 1;
        if search.fits(&message.message, words) {
            self.found.push(message);
        }
    }

    fn is_over(&self) -> bool {
        self.seen >= SEARCH_SCAN_MESSAGES
    }
}

impl Platform {
    /// A page of what is found, newest first.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn search(&self, user: UserId, search: &Search) -> Result<HistoryPage, PlatformError> {
        if let Some(peer) = search.peer.filter(|_| search.takes_everything()) {
            return self.history(user, peer, search.window).await;
        }
        let walk = self.find(user, search).await?;
        let count = i32::try_from(walk.found.len()).unwrap_or(i32::MAX);
        let inexact = walk.is_over();
        Ok(HistoryPage { messages: within(walk.found, search.window), count, inexact })
    }

    /// How many would be found.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn search_count(&self, user: UserId, search: &Search) -> Result<(i32, bool), PlatformError> {
        let page = self.search(user, search).await?;
        Ok((page.count, page.inexact))
    }

    /// Everything that is found, newest first, and whether the search ended before it had looked at everything.
    pub(super) async fn search_all(
        &self,
        user: UserId,
        search: &Search,
    ) -> Result<(Vec<Numbered>, bool), PlatformError> {
        let walk = self.find(user, search).await?;
        let is_over = walk.is_over();
        Ok((walk.found, is_over))
    }

    async fn find(&self, user: UserId, search: &Search) -> Result<Walk, PlatformError> {
        let words = search.words();
        match (search.kind, search.peer) {
            (Kind::Absent, _) => Ok(Walk::default()),
            (Kind::Pinned, Some(peer)) => self.find_pinned(user, peer, search, &words).await,
            (_, Some(peer)) => self.find_in(user, peer, search, &words).await,
            (_, None) => self.find_everywhere(user, search, &words).await,
        }
    }

    async fn find_pinned(
        &self,
        user: UserId,
        peer: Peer,
        search: &Search,
        words: &[String],
    ) -> Result<Walk, PlatformError> {
        let mut ids = self.dialog(user, peer).await?.pinned_messages;
        ids.reverse();
        let mut walk = Walk::default();
        for message in self.messages(user, &ids).await?.into_iter().flatten() {
            walk.look_at(search, words, message);
        }
        Ok(walk)
    }

    async fn find_in(
        &self,
        user: UserId,
        peer: Peer,
        search: &Search,
        words: &[String],
    ) -> Result<Walk, PlatformError> {
        let mut walk = Walk::default();
        let mut from = MsgId(i32::MAX);
        loop {
            let ids = self.index_ids(user, peer, (from, MsgId(1)), true, PAGE).await?;
            for message in self.messages(user, &ids).await?.into_iter().flatten() {
                walk.look_at(search, words, message);
            }
            match ids.last() {
                Some(last) if ids.len() == PAGE && !walk.is_over() => from = MsgId(last.0.saturating_sub(1)),
                _ => return Ok(walk),
            }
        }
    }

    async fn find_everywhere(&self, user: UserId, search: &Search, words: &[String]) -> Result<Walk, PlatformError> {
        let mut scan = Scan {
            owner: keys::user(user),
            prefix: vec![user_suffix::MESSAGE],
            from: None,
            to: None,
            reverse: true,
            limit: PAGE,
            max_bytes: PAGE_MAX_BYTES,
        };
        let mut walk = Walk::default();
        loop {
            let page = self.inner.store.scan(&scan).await?;
            for (key, record) in page.items {
                let id = MsgId(crate::mailbox::keys::last_number(&key).unwrap_or_default());
                walk.look_at(search, words, Numbered { id, message: Arc::new(decode(&record.value)?) });
            }
            if page.next.is_none() || walk.is_over() {
                return Ok(walk);
            }
            scan.from = page.next;
        }
    }
}

/// The window's part of a list sorted from the newest.
fn within(found: Vec<Numbered>, window: Window) -> Vec<Numbered> {
    let in_bounds = |message: &Numbered| {
        (window.max_id <= 0 || message.id.0 < window.max_id) && (window.min_id <= 0 || message.id.0 > window.min_id)
    };
    let is_newer = |message: &Numbered| match (window.offset_id, window.offset_date) {
        (0, 0) => false,
        (0, date) => message.message.date >= date,
        (id, _) => message.id.0 >= id,
    };
    let (newer, older): (Vec<Numbered>, Vec<Numbered>) = found.into_iter().filter(in_bounds).partition(is_newer);
    let spans = window.spans();
    let skipped = newer.len().saturating_sub(spans.newer_skip + spans.newer_take);
    let nearest = newer.into_iter().skip(skipped).take(spans.newer_take);
    nearest.chain(older.into_iter().skip(spans.older_skip).take(spans.older_take)).collect()
}
