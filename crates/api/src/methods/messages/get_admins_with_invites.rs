//! `messages.getAdminsWithInvites`: which administrators made links.

use tl::functions::messages::GetAdminsWithInvites;
use tl::{RemoteCall, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetAdminsWithInvites,
) -> Result<<GetAdminsWithInvites as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    let found = cx.platform().admins_with_invites(user, chat).await?;
    let named: Vec<_> = found.iter().map(|links| links.admin).collect();
    let admins = found.iter().map(|found| {
        let (invites_count, revoked_invites_count) = (found.links, found.revoked);
        types::ChatAdminWithInvites { admin_id: found.admin.0, invites_count, revoked_invites_count }.into()
    });
    let admins = admins.collect();
    let users = users(cx.platform(), user, &named).await?;
    Ok(types::messages::ChatAdminsWithInvites { admins, users }.into())
}
