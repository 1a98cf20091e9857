//! Changing a group: the record, and a message or a note to everybody in it, in one write.

use store::Batch;

use super::audience::plan_to;
use super::kept::Alone;
use super::record::{Chat, Member, Rights};
use crate::limits::chats::{ABOUT_MAX_CHARS, REMOVED_MAX, TITLE_MAX_CHARS};
use crate::mailbox::{Action, Change, ChatNote, Entry, Flags, Message};
use crate::media::references::{self, LIVE};
use crate::media::{Holder, Photo};
use crate::outbox::Effect;
use crate::{Actor, Peer, Platform, PlatformError, Refusal, UserId};

/// A group's title.
pub struct Title(pub(super) String);

impl Title {
    /// Reads a title.
    ///
    /// # Errors
    /// [`Refusal::ChatTitleEmpty`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let kept: String = text.chars().filter(|letter| !letter.is_control()).collect();
        let title: String = kept.trim().chars().take(TITLE_MAX_CHARS).collect();
        if title.is_empty() { Err(Refusal::ChatTitleEmpty) } else { Ok(Self(title)) }
    }
}

/// What everybody hears of a change.
pub(super) enum News {
    /// A message that says so.
    Message(Action),
    /// That something changed.
    Note(ChatNote),
}

/// A change of a group.
pub(super) struct Turned {
    pub(super) after: Chat,
    /// Who hears of it besides the actor.
    pub(super) hearers: Vec<UserId>,
    pub(super) news: News,
}

impl Platform {
    /// Changes the title.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`], [`Refusal::ChatNotModified`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn edit_chat_title(&self, actor: Actor, id: i64, title: Title) -> Result<Vec<Entry>, PlatformError> {
        let alone = self.own_chat(actor.user, id).await?;
        alone.chat().require(actor.user, Rights::CHANGE_INFO)?;
        if alone.chat().title == title.0 {
            return Err(Refusal::ChatNotModified.into());
        }
        let after = Chat { title: title.0.clone(), ..risen(alone.chat()) };
        self.turn_chat(actor, alone, everybody(after, actor, News::Message(Action::ChatTitle(title.0)))).await
    }

    /// Changes the photo, or takes it away.
    ///
    /// # Errors
    /// As [`Platform::edit_chat_title`].
    pub async fn edit_chat_photo(
        &self,
        actor: Actor,
        id: i64,
        photo: Option<Photo>,
    ) -> Result<Vec<Entry>, PlatformError> {
        let alone = self.own_chat(actor.user, id).await?;
        let before = alone.chat().clone();
        before.require(actor.user, Rights::CHANGE_INFO)?;
        if before.photo.as_ref().map(|photo| photo.id) == photo.as_ref().map(|photo| photo.id) {
            return Err(Refusal::ChatNotModified.into());
        }
        let action = photo.clone().map_or(Action::ChatPhotoGone, Action::ChatPhoto);
        let after = Chat { photo, ..risen(&before) };
        let turned = everybody(after, actor, News::Message(action));
        let shown = turned.after.photo.as_ref().map(|photo| photo.id);
        self.turn_chat_with(actor, alone, turned, |batch| {
            if let Some(shown) = shown {
                references::add(batch, shown, LIVE, Holder::Chat(id));
            }
            if let Some(gone) = &before.photo {
                references::remove(self, batch, gone.id, Holder::Chat(id));
            }
        })
        .await
    }

    /// Changes the description.
    ///
    /// # Errors
    /// [`Refusal::ChatAboutTooLong`], [`Refusal::ChatAboutNotModified`], and as [`Platform::edit_chat_title`].
    pub async fn edit_chat_about(&self, actor: Actor, id: i64, about: &str) -> Result<(), PlatformError> {
        let about = about.trim();
        if about.chars().count() > ABOUT_MAX_CHARS {
            return Err(Refusal::ChatAboutTooLong.into());
        }
        let alone = self.own_chat(actor.user, id).await?;
        alone.chat().require(actor.user, Rights::CHANGE_INFO)?;
        if alone.chat().about == about {
            return Err(Refusal::ChatAboutNotModified.into());
        }
        let after = Chat { about: about.to_owned(), ..risen(alone.chat()) };
        self.turn_chat(actor, alone, everybody(after, actor, News::Note(ChatNote::About))).await.map(drop)
    }

    /// Lets a member administer the group, or no longer. Only whoever made it does that.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`], [`Refusal::UserNotParticipant`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn edit_chat_admin(
        &self,
        actor: Actor,
        id: i64,
        user: UserId,
        is_admin: bool,
    ) -> Result<(), PlatformError> {
        let alone = self.own_chat(actor.user, id).await?;
        if !alone.chat().is_creator(actor.user) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let member = alone.chat().member(user).ok_or(Refusal::UserNotParticipant)?;
        if user == actor.user || member.is_admin == is_admin {
            return Ok(());
        }
        let mut after = risen(alone.chat());
        after.members.iter_mut().filter(|member| member.user == user).for_each(|member| member.is_admin = is_admin);
        self.turn_chat(actor, alone, everybody(after, actor, News::Note(ChatNote::Admin(user)))).await.map(drop)
    }

    /// Changes what members may not do.
    ///
    /// # Errors
    /// As [`Platform::edit_chat_title`].
    pub async fn edit_chat_rights(&self, actor: Actor, id: i64, banned: Rights) -> Result<Vec<Entry>, PlatformError> {
        let alone = self.own_chat(actor.user, id).await?;
        if !alone.chat().is_admin(actor.user) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        if alone.chat().banned == banned {
            return Err(Refusal::ChatNotModified.into());
        }
        let after = Chat { banned, ..risen(alone.chat()) };
        self.turn_chat(actor, alone, everybody(after, actor, News::Note(ChatNote::Rights))).await
    }

    /// Takes somebody out of the group, or oneself.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`], [`Refusal::UserNotParticipant`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn delete_chat_user(&self, actor: Actor, id: i64, user: UserId) -> Result<Vec<Entry>, PlatformError> {
        let alone = self.own_chat(actor.user, id).await?;
        let before = alone.chat().clone();
        let member = before.member(user).ok_or(Refusal::UserNotParticipant)?;
        if !may_remove(&before, actor.user, member) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let mut after = risen(&before);
        after.members.retain(|member| member.user != user);
        if user != actor.user {
            after.removed.push(user);
            let excess = after.removed.len().saturating_sub(REMOVED_MAX);
            after.removed.drain(..excess);
        }
        // Whoever goes hears of it, too.
        let hearers = before.others(actor.user).collect();
        let turned = Turned { after, hearers, news: News::Message(Action::ChatDelete(user)) };
        self.turn_chat(actor, alone, turned).await
    }

    /// A deleted account is in no group.
    pub(crate) async fn leave_all_chats(&self, user: UserId) -> Result<(), PlatformError> {
        for id in self.chats_of(user).await? {
            match self.delete_chat_user(Actor::server(user), id, user).await {
                Ok(_) | Err(PlatformError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A group that the actor is in, alone.
    pub(super) async fn own_chat(&self, user: UserId, id: i64) -> Result<Alone, PlatformError> {
        let alone = self.alone_with_chat(id).await?;
        if alone.chat().has(user) { Ok(alone) } else { Err(Refusal::ChatIdInvalid.into()) }
    }

    pub(super) async fn turn_chat(
        &self,
        actor: Actor,
        alone: Alone,
        turned: Turned,
    ) -> Result<Vec<Entry>, PlatformError> {
        self.turn_chat_with(actor, alone, turned, |_| ()).await
    }

    /// Writes the group as it will be, tells everybody, and gives the actor's own entry. `also` adds to the batch.
    pub(super) async fn turn_chat_with(
        &self,
        actor: Actor,
        mut alone: Alone,
        turned: Turned,
        also: impl FnOnce(&mut Batch),
    ) -> Result<Vec<Entry>, PlatformError> {
        let id = turned.after.id;
        let outcome = self.write_chat(actor, Some(&alone), &turned, also).await;
        match outcome {
            Ok(entries) => {
                alone.changed(turned.after);
                Ok(entries)
            }
            Err(error) => {
                if !matches!(error, PlatformError::Refused(_)) {
                    self.forget_chat(id);
                }
                Err(error)
            }
        }
    }

    /// One write over the group and the mailboxes of those who hear of it.
    pub(super) async fn write_chat(
        &self,
        actor: Actor,
        before: Option<&Alone>,
        turned: &Turned,
        also: impl FnOnce(&mut Batch),
    ) -> Result<Vec<Entry>, PlatformError> {
        let Turned { after, hearers, news } = turned;
        let (hearers, _) = self.living_members(hearers).await?;
        let own = self.sending_mailbox(actor.user).await?;
        let (mailboxes, _listed) = self.mailboxes_to(own, &hearers).await?;
        let now_ms = self.inner.runtime.now_ms();
        let written = self.write(&mailboxes, actor, |write| {
            write.spend(actor.user, now_ms, 1)?;
            also(write.batch());
            match before {
                Some(alone) => alone.put(write.batch(), after),
                None => super::create::put_new(write.batch(), after),
            }
            let entry = match news {
                News::Message(action) => {
                    let message = Message {
                        action: Some(action.clone()),
                        flags: Flags::OUT,
                        ..Message::text(Peer::Chat(after.id), actor.user, write.now(), "")
                    };
                    let made = plan_to(write, (actor.user, after.id), &hearers, message)?;
                    Entry::Message(made.id, made.message)
                }
                News::Note(note) => {
                    let change = Change::Chat { chat: after.id, note: *note };
                    for hearer in hearers.iter().copied() {
                        if write.holds(hearer) {
                            write.change(hearer, change.clone());
                        } else {
                            write.post(actor.user, hearer, Effect::Changed(change.clone()))?;
                        }
                    }
                    write.change(actor.user, change)
                }
            };
            Ok(vec![entry])
        })?;
        written.durable(self).await
    }
}

/// The group with the next version.
pub(super) fn risen(chat: &Chat) -> Chat {
    Chat { version: chat.version.saturating_add(1), ..chat.clone() }
}

/// A change of which all members hear.
pub(super) fn everybody(after: Chat, actor: Actor, news: News) -> Turned {
    let hearers = after.others(actor.user).collect();
    Turned { after, hearers, news }
}

/// Page "messages.deleteChatUser": oneself; whoever one brought; as administrator anybody who is none; as maker anybody.
fn may_remove(chat: &Chat, actor: UserId, member: &Member) -> bool {
    let is_plain = !member.is_admin && member.user != chat.creator;
    member.user == actor || chat.is_creator(actor) || (is_plain && (chat.is_admin(actor) || member.inviter == actor))
}
