//! The handlers: one namespace of the protocol a folder, one method a file.

pub mod account;
pub mod auth;
pub mod bots;
pub mod channels;
pub mod contacts;
pub mod core;
pub mod folders;
pub mod help;
pub mod langpack;
pub mod messages;
pub mod photos;
pub mod stories;
pub mod updates;
pub mod upload;
pub mod users;
