//! What people do with messages: each operation reads what it must, plans one write over the mailboxes concerned, and
//! returns when that write is durable. The mailbox's own laws are in [`crate::mailbox`]; looks are the api's.

pub mod text;

mod again;
mod album;
mod calendar;
mod delete;
mod dialogs;
mod draft;
mod edit;
mod effect;
mod filters;
mod forward;
mod mutate;
mod neighbours;
mod pin;
mod read;
mod saved;
mod search;
mod send;
mod turn;

pub use album::{Album, AlbumItem};
pub use calendar::{Day, Places, Position};
pub use delete::Deletion;
pub use dialogs::{DialogOffset, DialogPage};
pub use draft::Draft;
pub use edit::{Edit, Edited};
pub use filters::Filter;
pub use forward::ForwardRequest;
pub use pin::Pinning;
pub use read::Affected;
pub use saved::SavedDialog;
pub use search::{Kind, Search};
pub use send::{Outgoing, ReplyTo, Sent};
pub use turn::Turn;

pub(crate) use neighbours::mailbox_of;
pub(crate) use turn::Turns;
