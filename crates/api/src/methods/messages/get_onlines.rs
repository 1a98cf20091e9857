//! `messages.getOnlines`: how many members of a group are here now.

use tl::functions::messages::GetOnlines;
use tl::{RemoteCall, types};

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: GetOnlines) -> Result<<GetOnlines as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let id = cx.input_group(&request.peer).await?;
    let chat = cx.platform().known_chat(user, id).await?;
    let here = chat.members.iter().filter(|member| cx.platform().is_here(member.user)).count();
    Ok(types::ChatOnlines { onlines: i32::try_from(here).unwrap_or(i32::MAX) }.into())
}
