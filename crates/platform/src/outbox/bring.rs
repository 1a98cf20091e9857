//! Handing letters to their recipient's writer, in their order: messages many at a time, anything else one by one, because
//! it reads what the letters before it wrote.

use std::collections::{BTreeSet, HashMap};

use store::{Batch, Class};

use super::{Effect, Letter, Name};
use crate::mailbox::{Action, LetterMark, Message, Reply, Write};
use crate::media::{Holder, references};
use crate::{Actor, MsgId, Platform, PlatformError, UserId};

/// A letter with what its key says.
#[derive(Clone, Debug)]
pub(super) struct Addressed {
    pub number: i64,
    pub to: UserId,
    pub letter: Letter,
}

impl Addressed {
    fn mark(&self, from: UserId) -> LetterMark {
        LetterMark { from, number: self.number }
    }

    /// The message it brings, and what that answers.
    fn message(&self) -> Option<(&Message, Option<Name>)> {
        match &self.letter.effect {
            Effect::Message { message, answers } => Some((message, *answers)),
            _ => None,
        }
    }

    fn authors_number(&self) -> Option<MsgId> {
        Some(self.message()?.0.sibling?.id)
    }
}

impl Platform {
    /// Hands letters of one person to one other; `done` is how many from the first need no more.
    pub(super) async fn bring(
        &self,
        from: UserId,
        to: UserId,
        letters: &[Addressed],
        done: &mut usize,
    ) -> Result<(), PlatformError> {
        if self.person(to).await?.is_some_and(|person| person.is_deleted()) {
            self.drop_letters(from, letters).await?;
            *done = letters.len();
            return Ok(());
        }
        while let Some(next) = letters.get(*done) {
            let messages = letters[*done..].iter().take_while(|letter| letter.message().is_some()).count();
            if messages > 0 {
                self.bring_messages(from, to, &letters[*done..*done + messages]).await?;
            } else {
                self.bring_change(from, to, next).await?;
            }
            *done += messages.max(1);
        }
        Ok(())
    }

    async fn bring_messages(&self, from: UserId, to: UserId, letters: &[Addressed]) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(to).await?;
        let answered = self.answered(from, to, letters).await?;
        let written = self.write(&[mailbox], Actor::server(from), |write| {
            let read = write.state(to).letter_read(from);
            let mut numbers = HashMap::new();
            for (letter, answered) in letters.iter().zip(answered) {
                let Some((message, answers)) = letter.message().filter(|_| letter.number > read) else { continue };
                let answered = answered.or_else(|| match answers {
                    Some(Name::Authors(id)) => numbers.get(&id).copied(),
                    Some(Name::InChat { author, id, .. }) if author == from => numbers.get(&id).copied(),
                    _ => None,
                });
                write.open_letter(letter.mark(from), letter.letter.date);
                let id = plan_message(write, to, message.clone(), answered);
                numbers.extend(letter.authors_number().zip(id));
                write.close_letter(to, &letter.letter.effect);
            }
            Ok(())
        })?;
        written.durable(self).await
    }

    /// The recipient's number of what each message answers, unless that comes with the same letters.
    async fn answered(
        &self,
        from: UserId,
        to: UserId,
        letters: &[Addressed],
    ) -> Result<Vec<Option<MsgId>>, PlatformError> {
        let coming: BTreeSet<MsgId> = letters.iter().filter_map(Addressed::authors_number).collect();
        let mut answered = Vec::with_capacity(letters.len());
        for letter in letters {
            let name = letter.message().and_then(|(_, answers)| answers);
            answered.push(match name {
                Some(Name::Authors(id)) if coming.contains(&id) => None,
                Some(Name::InChat { author, id, .. }) if author == from && coming.contains(&id) => None,
                Some(name) => self.number_of(to, from, name).await?,
                None => None,
            });
        }
        Ok(answered)
    }

    async fn bring_change(&self, from: UserId, to: UserId, letter: &Addressed) -> Result<(), PlatformError> {
        let mutation = self.mutate(&[to]).await?;
        let Letter { date, effect } = &letter.letter;
        let prepared = self.prepare(&mutation, to, from, effect.clone()).await?;
        let written = mutation.write(self, Actor::server(from), |write| {
            if letter.number > write.state(to).letter_read(from) {
                write.open_letter(letter.mark(from), *date);
                prepared.plan(write, to);
                write.close_letter(to, effect);
            }
            Ok(())
        })?;
        drop(mutation);
        written.durable(self).await
    }

    /// Letters to somebody who is gone: what they held is let go.
    async fn drop_letters(&self, from: UserId, letters: &[Addressed]) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        for letter in letters {
            if let Some(medium) = letter.letter.effect.medium() {
                references::remove(self, &mut batch, medium, Holder::Letter(from, letter.number));
            }
        }
        if batch.deletes.is_empty() { Ok(()) } else { self.commit(batch).await }
    }
}

/// Puts a message that a letter brought into the mailbox. That something was pinned is not said where it is not.
fn plan_message(write: &mut Write<'_>, to: UserId, mut message: Message, answered: Option<MsgId>) -> Option<MsgId> {
    if message.action == Some(Action::PinMessage) && answered.is_none() {
        return None;
    }
    message.reply = message.reply.map(|reply| Reply { id: answered, ..reply });
    message.reply.take_if(|reply| reply.id.is_none() && reply.quote.is_none());
    Some(write.message(to, message).id)
}
