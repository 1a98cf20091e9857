//! What the methods about groups share.

use platform::mailbox::{Entry, Window};
use platform::messages::{Kind, Search};
use platform::{Actor, MsgId, Peer, UserId};
use tl::{enums, types};

use crate::limits::FORGET_HISTORY_PAGES;
use crate::views::updates;
use crate::{Context, RpcError};

/// What a deed came to. A message that it made has a number as if the client had sent it, by which TDLib knows it for its own
/// deed's: it takes an answer without one for none.
pub async fn told(cx: &Context<'_>, user: UserId, entries: &[Entry]) -> Result<enums::Updates, RpcError> {
    let rendered = updates::render(cx.platform(), user, entries, false).await?;
    let mut list: Vec<enums::Update> = Vec::with_capacity(rendered.updates.len() + 1);
    for entry in entries {
        if let Entry::Message(id, _) = entry {
            let mut number = [0; 8];
            cx.platform().runtime().fill_random(&mut number);
            list.push(types::UpdateMessageId { id: id.0, random_id: i64::from_le_bytes(number) | 1 }.into());
        }
    }
    list.extend(rendered.updates);
    updates::contain(cx.platform(), user, list, rendered.peers, cx.platform().now()).await
}

/// What came of bringing people into a group, and whom the caller could not bring.
pub async fn invited(
    cx: &Context<'_>,
    user: UserId,
    entries: &[Entry],
    missing: &[UserId],
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let updates = told(cx, user, entries).await?;
    let missing = missing.iter().map(|user| {
        let user_id = user.0;
        let (premium_would_allow_invite, premium_required_for_pm) = (false, false);
        types::MissingInvitee { premium_would_allow_invite, premium_required_for_pm, user_id }.into()
    });
    Ok(types::messages::InvitedUsers { updates, missing_invitees: missing.collect() }.into())
}

/// Takes away for everybody what somebody wrote who is taken out; whoever leaves themselves only empties their own mailbox.
pub async fn forget_history(cx: &Context<'_>, actor: Actor, chat: i64, user: UserId) -> Result<(), RpcError> {
    let platform = cx.platform();
    if user == actor.user {
        for _ in 0..FORGET_HISTORY_PAGES {
            if !platform.delete_history(actor, Peer::Chat(chat), Default::default()).await?.more {
                break;
            }
        }
        return Ok(());
    }
    let theirs = Search {
        peer: Some(Peer::Chat(chat)),
        kind: Kind::Any,
        from: Some(Peer::User(user)),
        window: Window::newest(100),
        ..Search::default()
    };
    for _ in 0..FORGET_HISTORY_PAGES {
        let page = platform.search(actor.user, &theirs).await?;
        let ids: Vec<MsgId> = page.messages.iter().map(|found| found.id).collect();
        if ids.is_empty() {
            break;
        }
        platform.delete_messages(actor, &ids, true).await?;
    }
    Ok(())
}
