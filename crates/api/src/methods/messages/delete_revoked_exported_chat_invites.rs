//! `messages.deleteRevokedExportedChatInvites`: forgets all links that an administrator took back.

use tl::RemoteCall;
use tl::functions::messages::DeleteRevokedExportedChatInvites;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteRevokedExportedChatInvites,
) -> Result<<DeleteRevokedExportedChatInvites as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    let admin = cx.input_user(&request.admin_id).await?;
    cx.platform().delete_revoked_invites(user, chat, admin).await?;
    Ok(true)
}
