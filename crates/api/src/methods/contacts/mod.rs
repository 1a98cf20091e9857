//! `contacts.*`: address books, search, blocks.

pub mod accept_contact;
pub mod add_contact;
pub mod block;
pub mod delete_by_phones;
pub mod delete_contacts;
pub mod edit_close_friends;
pub mod export_contact_token;
pub mod get_birthdays;
pub mod get_blocked;
pub mod get_contact_ids;
pub mod get_contacts;
pub mod get_saved;
pub mod get_statuses;
pub mod get_top_peers;
pub mod import_contact_token;
pub mod import_contacts;
pub mod reset_saved;
pub mod reset_top_peer_rating;
pub mod resolve_phone;
pub mod resolve_username;
pub mod search;
pub mod set_blocked;
pub mod toggle_top_peers;
pub mod unblock;
pub mod update_contact_note;

use platform::{Peer, UserId};
use tl::{enums, types};

use crate::views::dialog::bar;
use crate::views::peer::user_peer;
use crate::views::plain::plain_updates;
use crate::views::user::users;
use crate::{Context, RpcError};

/// The person that a peer is; only people are blocked, so far.
async fn input_person(cx: &Context<'_>, input: &enums::InputPeer) -> Result<UserId, RpcError> {
    match cx.input_peer(input).await? {
        Peer::User(user_id) => Ok(user_id),
        Peer::Chat(_) | Peer::Channel(_) => Err(RpcError::PEER_ID_INVALID),
    }
}

/// What changed above the dialogs with these people, for the device that changed it.
async fn bar_updates(cx: &Context<'_>, others: &[UserId]) -> Result<enums::Updates, RpcError> {
    let viewer = cx.user()?;
    let mut updates = Vec::with_capacity(others.len());
    for other in others {
        let settings = bar(cx.platform(), viewer, Peer::User(*other)).await?;
        updates.push(types::UpdatePeerSettings { peer: user_peer(*other), settings }.into());
    }
    Ok(plain_updates(cx.platform(), viewer, updates, others).await?)
}

/// `contacts.resolvedPeer` of a person.
async fn resolved(cx: &Context<'_>, user_id: UserId) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let users = users(cx.platform(), cx.user()?, &[user_id]).await?;
    Ok(types::contacts::ResolvedPeer { peer: user_peer(user_id), chats: Vec::new(), users }.into())
}
