//! What a deed of one person does to another's mailbox: read there what the plan needs, then plan it. Folded delivery does
//! both within the actor's write; otherwise the effect travels by letter ([`crate::outbox`]) and its recipient's
//! writer does the same later. There is one description for both.

use std::collections::BTreeMap;

use super::delete::{Removal, plan_removals};
use super::edit::{Edited, plan_rewrite};
use super::mutate::Mutation;
use super::pin::plan_pin;
use super::read::plan_played;
use crate::mailbox::{Change, EventBody, Numbered, Write};
use crate::outbox::{Effect, Name};
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

/// An effect with everything that it changes, as it is in the mailbox.
pub(crate) enum Prepared {
    Rewrite(Numbered, Box<Edited>),
    Remove(Vec<Removal>),
    Read(Peer, MsgId),
    Played(Vec<Numbered>),
    Pin(Vec<Numbered>, bool),
    Changed(Change),
    Nothing,
}

impl Prepared {
    /// Adds it to a write over this mailbox.
    pub(crate) fn plan(self, write: &mut Write<'_>, user: UserId) {
        match self {
            Self::Rewrite(old, edited) => drop(plan_rewrite(write, user, &old, &edited)),
            Self::Remove(removals) => drop(plan_removals(write, user, removals)),
            Self::Read(reader, upto) => plan_read(write, user, reader, upto),
            Self::Played(copies) => drop(plan_played(write, user, &copies)),
            Self::Pin(copies, pinned) => drop(plan_pin(write, user, &copies, pinned)),
            Self::Changed(change) => drop(write.change(user, change)),
            Self::Nothing => {}
        }
    }

    /// The copies that a pin finds.
    pub(super) fn pinned(&self) -> &[Numbered] {
        if let Self::Pin(copies, _) = self { copies } else { &[] }
    }
}

fn plan_read(write: &mut Write<'_>, user: UserId, reader: Peer, upto: MsgId) {
    if write.state(user).dialog(reader).read_outbox_max < upto {
        write.event(user, 1, EventBody::ReadOutbox { peer: reader, max_id: upto });
    }
}

/// The other side's part of a deed.
pub(super) enum Share {
    /// In the same batch.
    Here(UserId, Prepared),
    /// By letter.
    Letter(UserId, Effect),
}

impl Share {
    /// Adds it to the actor's write.
    pub(super) fn plan(self, write: &mut Write<'_>, actor: UserId) -> Result<(), PlatformError> {
        match self {
            Self::Here(user, prepared) => prepared.plan(write, user),
            Self::Letter(user, effect) => write.post(actor, user, effect)?,
        }
        Ok(())
    }
}

/// The other copies of these messages, by mailbox.
pub(super) fn counterparts(own: &[Numbered]) -> BTreeMap<UserId, Vec<Name>> {
    let mut names: BTreeMap<UserId, Vec<Name>> = BTreeMap::new();
    for (owner, name) in own.iter().filter_map(Name::of_counterpart) {
        names.entry(owner).or_default().push(name);
    }
    names
}

/// Adds all of them.
pub(super) fn plan_shares(
    write: &mut Write<'_>,
    actor: UserId,
    shares: impl IntoIterator<Item = Share>,
) -> Result<(), PlatformError> {
    shares.into_iter().try_for_each(|share| share.plan(write, actor))
}

impl Platform {
    /// Reads what an effect of a deed of `by` needs in the mailbox of `user`, which the mutation holds. A message needs nothing
    /// and is no mutation.
    pub(crate) async fn prepare(
        &self,
        mutation: &Mutation,
        user: UserId,
        by: UserId,
        effect: Effect,
    ) -> Result<Prepared, PlatformError> {
        Ok(match effect {
            Effect::Message { .. } => Prepared::Nothing,
            Effect::Edit { which, edited, .. } => {
                let copy = self.copies_of(user, by, &[which]).await?.pop();
                copy.map_or(Prepared::Nothing, |copy| Prepared::Rewrite(copy, edited))
            }
            Effect::Delete { which } => {
                let copies = self.copies_of(user, by, &which).await?;
                Prepared::Remove(self.removals(mutation, user, copies).await?)
            }
            Effect::Read { upto } => Prepared::Read(Peer::User(by), upto),
            Effect::ReadInChat { upto, chat } => Prepared::Read(Peer::Chat(chat), upto),
            Effect::Played { which } => Prepared::Played(self.copies_of(user, by, &which).await?),
            Effect::Pin { which, pinned } => Prepared::Pin(self.copies_of(user, by, &which).await?, pinned),
            Effect::Changed(change) => Prepared::Changed(change),
        })
    }

    /// What is to be done for an effect on the mailbox of `user` by the deed that this mutation is part of.
    pub(super) async fn share(
        &self,
        mutation: &mut Mutation,
        actor: UserId,
        user: UserId,
        effect: Effect,
    ) -> Result<Share, PlatformError> {
        if self.is_by_letter() {
            mutation.list_writer(self, actor).await?;
            return Ok(Share::Letter(user, effect));
        }
        let prepared =
            if mutation.holds(user) { self.prepare(mutation, user, actor, effect).await? } else { Prepared::Nothing };
        Ok(Share::Here(user, prepared))
    }
}
