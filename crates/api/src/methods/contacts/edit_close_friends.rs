//! `contacts.editCloseFriends`: exactly these contacts are close friends.

use platform::UserId;
use tl::functions;

use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Ids of people who are no contacts change nothing.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::EditCloseFriends) -> Result<bool, RpcError> {
    if request.id.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let friends: Vec<UserId> = request.id.iter().map(|id| UserId(*id)).collect();
    cx.platform().set_close_friends(cx.user()?, &friends, Some(cx.caller.key.id)).await?;
    Ok(true)
}
