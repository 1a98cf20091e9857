//! The stories of people who write to each other once more, with letters between their mailboxes
//! (`Delivery::Outbox`): what people see is the same. `common::delivery` knows that it is here.
#![allow(clippy::duplicate_mod, reason = "each story brings what all stories need")]

#[path = "batch_limits.rs"]
mod batch_limits;
#[path = "commit_failures.rs"]
mod commit_failures;
#[path = "conversation.rs"]
mod conversation;
#[path = "groups.rs"]
mod groups;
#[path = "mailbox_laws.rs"]
mod mailbox_laws;
#[path = "media_messages.rs"]
mod media_messages;
#[path = "write_budget.rs"]
mod write_budget;
