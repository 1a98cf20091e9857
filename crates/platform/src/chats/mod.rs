//! Basic groups: up to two hundred people, each with a copy of every message in their own mailbox.
//!
//! A group is one record under an owner of its own: title, photo, members, rights. What is said in it lies in the members'
//! mailboxes like any other message, numbered by each of them, so that reading, searching, deleting and catching up are what
//! they are in private conversations. A copy names its author's copy; where all copies were written by one batch, one record
//! under the group has the numbers of all of them ([`copies`]), by which replies, edits, deletions and pins find them.
//!
//! **One order.** Whoever writes to a group holds it against changes of its members until the message has its numbers, and
//! whoever changes it holds it until the change is durable: nobody gets what was said after they left, and nobody who
//! came misses what was said afterwards.
//!
//! **Delivery.** Folded, a message is one batch over all members' mailboxes. By letter ([`crate::outbox`]) the author's mailbox
//! is written with a letter for each of the others; a group's own record goes with the mailbox of whoever changes it.
//!
//! Not here: supergroups and channels, whose messages lie in one place for all.

mod at_hand;
mod audience;
mod change;
mod common;
pub(crate) mod copies;
mod create;
mod erase;
mod invites;
mod kept;
mod readers;
mod record;
mod typing;

pub use change::Title;
pub use create::{Created, Newcomers};
pub use invites::{AdminLinks, Importer, InviteEdit, InviteLink, InvitePage, InviteWish, LinkPlace, Looked};
pub use readers::ReadBy;
pub use record::{Chat, Member, Rights};

pub(crate) use audience::{Audience, ChatCopies, Crowd};
pub(crate) use kept::Chats;
