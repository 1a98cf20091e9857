//! Who gets a copy of a message besides its author, and how the copies of a group's message are planned.

use std::collections::HashMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::copies;
use super::kept::Held;
use super::record::Chat;
use crate::limits::chats::{BATCH_RECORDS, LOADS_AT_ONCE, RECORDS_PER_COPY};
use crate::mailbox::{EntityKind, Flags, Mailbox, Message, Numbered, Reply, Sibling, Write};
use crate::outbox::{Effect, Listed, Name};
use crate::people::person::Person;
use crate::{MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// Who gets a copy besides the author.
pub(crate) enum Audience {
    /// Nobody.
    Nobody,
    /// The other side of a private conversation.
    One(UserId),
    /// The members of a group, which does not change meanwhile.
    Chat(Crowd),
}

/// The other members of a group.
pub(crate) struct Crowd {
    held: Held,
    /// Those who are not deleted.
    pub(crate) others: Vec<UserId>,
    /// By what they are called, for mentions.
    usernames: Vec<(String, UserId)>,
}

/// What a reply becomes in the copies of a group's message.
#[derive(Clone, Default)]
pub(crate) struct ChatCopies {
    /// Whose message is answered, as its author numbers it.
    pub(crate) answers: Option<(UserId, MsgId)>,
    /// The number that each mailbox has for it.
    pub(crate) numbers: Arc<HashMap<UserId, MsgId>>,
}

impl Audience {
    /// Everybody in it.
    pub(crate) fn people(&self) -> &[UserId] {
        match self {
            Self::Nobody => &[],
            Self::One(user) => std::slice::from_ref(user),
            Self::Chat(crowd) => &crowd.others,
        }
    }

    /// How many messages to them one batch takes.
    pub(crate) fn messages_per_batch(&self) -> usize {
        match self {
            Self::Chat(crowd) => (BATCH_RECORDS / (RECORDS_PER_COPY * (crowd.others.len() + 1))).max(1),
            _ => usize::MAX,
        }
    }

    /// Refuses what the author may not write there.
    pub(crate) fn check(&self, sender: UserId, message: &Message) -> Result<(), Refusal> {
        if let Self::Chat(crowd) = self { crowd.held.chat().check_message(sender, message) } else { Ok(()) }
    }
}

impl Crowd {
    pub(crate) fn chat(&self) -> &Arc<Chat> {
        self.held.chat()
    }

    /// Adds the copies of a message to a write.
    pub(crate) fn plan(
        &self,
        write: &mut Write<'_>,
        sender: UserId,
        own: Message,
        (reply, answered): (Option<Reply>, &ChatCopies),
    ) -> Result<Numbered, PlatformError> {
        let mentioned = self.mentioned(&own, answered.answers);
        let others = Others { people: &self.others, reply, answered, mentioned: &mentioned };
        plan_copies(write, (sender, self.chat().id), own, &others)
    }

    /// Whom a message names, or answers.
    fn mentioned(&self, message: &Message, answers: Option<(UserId, MsgId)>) -> Vec<UserId> {
        let by_name = |name: &str| {
            let name = name.trim_start_matches('@').to_lowercase();
            self.usernames.iter().find(|(known, _)| *known == name).map(|(_, user)| *user)
        };
        let named = message.entities.iter().filter_map(|entity| match entity.kind {
            EntityKind::MentionName(user) => Some(user),
            EntityKind::Mention => by_name(&part(&message.text, entity.offset, entity.length)?),
            _ => None,
        });
        let is_service = message.action.is_some();
        named.chain(answers.map(|(author, _)| author).filter(|_| !is_service)).collect()
    }
}

/// What the others' copies need besides the author's.
struct Others<'a> {
    people: &'a [UserId],
    reply: Option<Reply>,
    answered: &'a ChatCopies,
    mentioned: &'a [UserId],
}

/// Adds the copies of a message that answers nothing and names nobody.
pub(super) fn plan_to(
    write: &mut Write<'_>,
    place: (UserId, i64),
    people: &[UserId],
    own: Message,
) -> Result<Numbered, PlatformError> {
    let answered = ChatCopies::default();
    plan_copies(write, place, own, &Others { people, reply: None, answered: &answered, mentioned: &[] })
}

/// Adds the copies of a message to a write. Folded, the numbers of all of them are kept together.
fn plan_copies(
    write: &mut Write<'_>,
    (sender, chat): (UserId, i64),
    mut own: Message,
    others: &Others<'_>,
) -> Result<Numbered, PlatformError> {
    let sibling = Sibling { owner: sender, id: write.next_id(sender) };
    let mut numbers = vec![(sender, sibling.id)];
    for member in others.people.iter().copied() {
        let mut copy = Message {
            flags: own.flags.with(Flags::OUT, false).with(Flags::MENTIONED, others.mentioned.contains(&member)),
            random_id: None,
            reply: others.reply.clone(),
            sibling: Some(sibling),
            ..own.clone()
        };
        if write.holds(member) {
            set_answered(&mut copy, others.answered.numbers.get(&member).copied());
            numbers.push((member, write.message(member, copy).id));
        } else {
            let answers = others.answered.answers.map(|(author, id)| Name::InChat { chat, author, id });
            write.post(sender, member, Effect::Message { message: Box::new(copy), answers })?;
        }
    }
    own.sibling = None;
    if numbers.len() > 1 {
        copies::put(write.batch(), chat, sibling, numbers);
    }
    Ok(write.message(sender, own))
}

/// A part of a text, in UTF-16 units.
fn part(text: &str, offset: i32, length: i32) -> Option<String> {
    let (offset, length) = (usize::try_from(offset).ok()?, usize::try_from(length).ok()?);
    let units: Vec<u16> = text.encode_utf16().skip(offset).take(length).collect();
    String::from_utf16(&units).ok()
}

/// What is answered is named by the reader's number; whoever does not have it reads the quote, if there is one.
fn set_answered(copy: &mut Message, answered: Option<MsgId>) {
    copy.reply = copy.reply.take().map(|reply| Reply { id: answered, ..reply });
    copy.reply.take_if(|reply| reply.id.is_none() && reply.quote.is_none());
}

impl Platform {
    /// The other members of a group, for somebody who writes there.
    pub(crate) async fn crowd(&self, sender: UserId, chat: i64) -> Result<Crowd, PlatformError> {
        let held = self.hold_chat(chat).await?.ok_or(Refusal::PeerIdInvalid)?;
        if !held.chat().has(sender) {
            return Err(Refusal::ChatWriteForbidden.into());
        }
        let members: Vec<UserId> = held.chat().others(sender).collect();
        let (others, usernames) = self.living_members(&members).await?;
        Ok(Crowd { held, others, usernames })
    }

    /// Those of these people whose accounts were not deleted, and by which usernames they are known.
    pub(super) async fn living_members(
        &self,
        members: &[UserId],
    ) -> Result<(Vec<UserId>, Vec<(String, UserId)>), PlatformError> {
        let people = self.people(members).await?;
        let (mut living, mut usernames) = (Vec::with_capacity(members.len()), Vec::new());
        for (member, person) in members.iter().zip(people) {
            let person = person.as_deref();
            if person.is_some_and(Person::is_deleted) {
                continue;
            }
            living.push(*member);
            let username = person.and_then(|person| person.profile.username.as_ref());
            usernames.extend(username.map(|username| (username.to_lowercase(), *member)));
        }
        Ok((living, usernames))
    }

    /// Whose mailboxes a deed in a conversation concerns besides one's own.
    pub(crate) async fn others_in(&self, user: UserId, peer: Peer) -> Result<Vec<UserId>, PlatformError> {
        match peer {
            Peer::Chat(chat) => {
                let Some(chat) = self.chat(chat).await?.filter(|chat| chat.has(user)) else { return Ok(Vec::new()) };
                let members: Vec<UserId> = chat.others(user).collect();
                Ok(self.living_members(&members).await?.0)
            }
            _ => Ok(crate::messages::mailbox_of(user, peer).into_iter().collect()),
        }
    }

    /// The mailboxes that a deed writes: all of them where they are folded into one batch. Where letters are written, the author
    /// stays listed until they are planned.
    pub(crate) async fn mailboxes_to(
        &self,
        own: Arc<Mailbox>,
        others: &[UserId],
    ) -> Result<(Vec<Arc<Mailbox>>, Option<Listed>), PlatformError> {
        if others.is_empty() {
            return Ok((vec![own], None));
        }
        if self.is_by_letter() {
            let listed = self.list_writer(&own).await?;
            return Ok((vec![own], Some(listed)));
        }
        if let [other] = others {
            return Ok((vec![own, self.mailbox(*other).await?], None));
        }
        let (mut mailboxes, mut missing) = (Vec::with_capacity(others.len() + 1), Vec::new());
        for other in others {
            match self.mailbox_at_hand(*other) {
                Some(mailbox) => mailboxes.push(mailbox),
                None => missing.push(*other),
            }
        }
        let load = stream::iter(missing).map(|other| self.mailbox(other)).buffered(LOADS_AT_ONCE);
        mailboxes.extend(load.try_collect::<Vec<_>>().await?);
        mailboxes.push(own);
        Ok((mailboxes, None))
    }
}
