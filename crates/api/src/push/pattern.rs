//! What is said in a group, rendered once for all members who see the same.
//!
//! Each member has a copy under numbers of their own, and calls its author by an access hash of their own; the rest is the
//! same for all who stand alike to the people named and to the group, which is nearly everybody. A pattern is one
//! rendering for those: [`Sight`] says who they are, [`Stencil`] has the holes for the numbers. What has a medium, or says
//! something of the members, or names the reader, is rendered for each.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use platform::chats::Chat;
use platform::mailbox::{Message, Numbered, Reply};
use platform::{MsgId, Peer, Platform, Pts, UserId};
use tl::{Serializable, enums, types};

use super::stencil::{MARKS, Numbers, Stencil};
use crate::limits::{PATTERN_LAYERS_MAX, PATTERN_MEMBERS_MIN, PATTERNS_KEPT, STENCIL_PEOPLE_MAX};
use crate::views::chat::Standing;
use crate::views::message::message as view;
use crate::views::peers::Peers;
use crate::views::updates::new_message;
use crate::views::user;

/// The patterns of what was said last.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    kept: Mutex<VecDeque<Arc<Pattern>>>,
}

/// One message of a group, for all who see it alike.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As one of them has it.
    message: Arc<Message>,
    sight: Sight,
    /// At the home layer, with either set of marks.
    twins: [Vec<u8>; 2],
    /// The layers asked for so far; `None` where a layer cannot be told of it, or not by a stencil.
    layers: Mutex<Vec<(i32, Option<Arc<Stencil>>)>>,
}

/// All that a message of a group owes to who reads it, but for numbers.
#[derive(Clone, Debug)]
struct Sight {
    chat: Arc<Chat>,
    standing: Standing,
    people: Vec<user::Sight>,
}

impl PartialEq for Sight {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chat, &other.chat) && self.standing == other.standing && self.people == other.people
    }
}

impl Sight {
    /// What this reader sees of a group and of people who are not the reader, as far as memory knows.
    fn of(
        platform: &Platform,
        reader: UserId,
        chat: i64,
        people: impl ExactSizeIterator<Item = UserId>,
    ) -> Option<Self> {
        let chat = platform.chat_at_hand(chat)?;
        let me = platform.person_at_hand(reader)?;
        let standing = Standing::of(reader, &chat);
        let mut seen = Vec::with_capacity(people.len());
        for person in people {
            let relation = platform.relation_at_hand(reader, person)?;
            let sight = user::Sight::of(platform, &me, platform.person_at_hand(person)?, relation);
            if sight.is_self() {
                return None;
            }
            seen.push(sight);
        }
        Some(Self { chat, standing, people: seen })
    }

    /// Whether it is of this group and these people.
    fn is_of(&self, chat: i64, people: impl ExactSizeIterator<Item = UserId>) -> bool {
        self.chat.id == chat && self.people.iter().map(user::Sight::id).eq(people)
    }
}

/// How a reader stands to a group and to the people whom its messages name: looked up once for messages that follow each
/// other, which mostly name the same.
pub(super) struct Look {
    sight: Sight,
    /// How the reader calls the people.
    access_hashes: [i64; STENCIL_PEOPLE_MAX],
}

impl Look {
    /// What this reader sees; `last` is what the same one saw just before, or nothing.
    fn at<'l>(
        last: &'l mut Option<Self>,
        platform: &Platform,
        reader: UserId,
        chat: i64,
        people: impl ExactSizeIterator<Item = UserId> + Clone,
    ) -> Option<&'l Self> {
        if !last.as_ref().is_some_and(|last| last.sight.is_of(chat, people.clone())) {
            *last = Some(Self::new(platform, reader, Sight::of(platform, reader, chat, people)?));
        }
        last.as_ref()
    }

    fn new(platform: &Platform, reader: UserId, sight: Sight) -> Self {
        let mut access_hashes = [0; STENCIL_PEOPLE_MAX];
        for (place, seen) in access_hashes.iter_mut().zip(&sight.people) {
            *place = platform.access_hash(reader, seen.id());
        }
        Self { sight, access_hashes }
    }

    /// What this reader's copy has of its own.
    fn numbers(&self, numbered: &Numbered, date: i32) -> Numbers {
        let Numbered { id, message } = numbered;
        let answered = message.reply.as_ref().and_then(|reply| reply.id).map_or(0, |id| id.0);
        Numbers { msg_id: id.0, pts: message.pts.0, date, answered, access_hashes: self.access_hashes }
    }
}

impl Patterns {
    /// What a reader is told of a new message of theirs, if it is told to others alike.
    pub(super) fn find_or_make(
        &self,
        platform: &Platform,
        reader: UserId,
        numbered: &Numbered,
        date: i32,
        look: &mut Option<Look>,
    ) -> Option<(Arc<Pattern>, Numbers)> {
        let chat = shared_in(&numbered.message)?;
        let latest = self.find(&numbered.message, |_| true);
        let look = match &latest {
            Some(latest) => {
                let people = latest.sight.people.iter().map(user::Sight::id);
                Look::at(look, platform, reader, chat, people)?
            }
            None => Look::at(look, platform, reader, chat, named(&numbered.message, chat)?.into_iter())?,
        };
        let known = latest.and_then(|latest| match latest.sight == look.sight {
            true => Some(latest),
            false => self.find(&numbered.message, |pattern| pattern.sight == look.sight),
        });
        let pattern = known.or_else(|| self.make(platform, numbered, &look.sight))?;
        Some((pattern, look.numbers(numbered, date)))
    }

    /// The latest pattern of this message that is also like this.
    fn find(&self, message: &Message, is_like: impl Fn(&Pattern) -> bool) -> Option<Arc<Pattern>> {
        let kept = self.kept.lock();
        kept.iter().find(|pattern| says_the_same(&pattern.message, message) && is_like(pattern)).cloned()
    }

    fn make(&self, platform: &Platform, numbered: &Numbered, sight: &Sight) -> Option<Arc<Pattern>> {
        if sight.chat.members.len() < PATTERN_MEMBERS_MIN {
            return None;
        }
        let twins = [&MARKS[0], &MARKS[1]].map(|marks| rendered(platform, numbered, sight, marks));
        debug_assert!(crate::dispatch::explains_its_peers(&twins[0]), "a push leaves peers unexplained");
        let (message, sight, layers) = (numbered.message.clone(), sight.clone(), Mutex::default());
        let pattern = Arc::new(Pattern { message, sight, twins, layers });
        // What has no stencil at home is rendered for each.
        pattern.stencil(tl::LAYER)?;
        let mut kept = self.kept.lock();
        kept.truncate(PATTERNS_KEPT - 1);
        kept.push_front(pattern.clone());
        Some(pattern)
    }
}

impl Pattern {
    /// For a client of this layer; `None` if it cannot be told.
    pub(super) fn filled(&self, layer: i32, numbers: &Numbers) -> Option<Bytes> {
        if let Some(stencil) = self.stencil(layer) {
            return Some(stencil.fill(numbers));
        }
        // What a layer makes of it is no stencil: this once, then.
        super::told(layer, &self.stencil(tl::LAYER)?.fill(numbers))
    }

    fn stencil(&self, layer: i32) -> Option<Arc<Stencil>> {
        let known = self.layers.lock().iter().find(|(known, _)| *known == layer).map(|(_, stencil)| stencil.clone());
        known.unwrap_or_else(|| {
            let made = self.cut(layer).map(Arc::new);
            let mut layers = self.layers.lock();
            if layers.len() < PATTERN_LAYERS_MAX {
                layers.push((layer, made.clone()));
            }
            made
        })
    }

    fn cut(&self, layer: i32) -> Option<Stencil> {
        let [one, other] = &self.twins;
        Stencil::cut([&super::told(layer, one)?, &super::told(layer, other)?])
    }
}

/// The group in which a message may be told to others alike: as far as the message itself says.
fn shared_in(message: &Message) -> Option<i64> {
    let Peer::Chat(chat) = message.peer else { return None };
    let is_shared = !message.is_out() && message.sibling.is_some() && message.action.is_none();
    (is_shared && message.media.is_none()).then_some(chat)
}

/// Whom a message names, if they are few and no other group is named.
fn named(message: &Message, chat: i64) -> Option<Vec<UserId>> {
    let mut peers = Peers::default();
    peers.add_message(message);
    let people: Vec<UserId> = peers.users().collect();
    (peers.names_only(chat) && people.len() <= STENCIL_PEOPLE_MAX).then_some(people)
}

/// The container of updates at the home layer, with these numbers.
fn rendered(platform: &Platform, numbered: &Numbered, sight: &Sight, numbers: &Numbers) -> Vec<u8> {
    let mut message = Message::clone(&numbered.message);
    if let Some(reply) = &mut message.reply {
        reply.id = reply.id.map(|_| MsgId(numbers.answered));
    }
    message.pts = Pts(numbers.pts);
    let copy = Numbered { id: MsgId(numbers.msg_id), message: Arc::new(message) };
    let pts = copy.message.pts;
    // Nothing of what the reader is told alike depends on who reads.
    let shown = view(platform, UserId(0), &copy, &mut Peers::default());
    let users = sight.people.iter().zip(numbers.access_hashes).map(|(seen, hash)| seen.shown(platform, hash).into());
    let (users, chats) = (users.collect(), vec![sight.standing.shown(platform, &sight.chat)]);
    let updates = vec![new_message(shown, pts)];
    enums::Updates::from(types::Updates { updates, users, chats, date: numbers.date, seq: 0 }).to_bytes()
}

/// Whether two members' copies are one message but for their numbers. A new field of messages has to find its place here.
#[rustfmt::skip]
fn says_the_same(one: &Message, other: &Message) -> bool {
    let Message {
        pts: _, random_id: _, letter: _, sibling, date, peer, from, flags, text, entities, reply, forward, edit_date, action,
        media, grouped_id, via_bot, ttl_seconds, saved_peer,
    } = one;
    // The author's number first: it tells nearly everything apart.
    (sibling, date, peer, from, flags) == (&other.sibling, &other.date, &other.peer, &other.from, &other.flags)
        && (text, entities, forward, edit_date) == (&other.text, &other.entities, &other.forward, &other.edit_date)
        && (action, media, grouped_id) == (&other.action, &other.media, &other.grouped_id)
        && (via_bot, ttl_seconds, saved_peer) == (&other.via_bot, &other.ttl_seconds, &other.saved_peer)
        && answers_alike(reply.as_ref(), other.reply.as_ref())
}

fn answers_alike(one: Option<&Reply>, other: Option<&Reply>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (one.id.is_some(), one.peer, &one.quote) == (other.id.is_some(), other.peer, &other.quote)
        }
        (None, None) => true,
        _ => false,
    }
}
