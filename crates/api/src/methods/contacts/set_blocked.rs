//! `contacts.setBlocked`: exactly these are shut out.

use platform::UserId;
use tl::functions;

use super::input_person;
use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::{Context, RpcError};

/// The others come in again.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::SetBlocked) -> Result<bool, RpcError> {
    let user = cx.user()?;
    if request.id.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let mut wanted: Vec<UserId> = Vec::with_capacity(request.id.len());
    for input in &request.id {
        wanted.push(input_person(cx, input).await?);
    }
    let device = Some(cx.caller.key.id);
    for (other, _) in cx.platform().blocked(user).await? {
        if !wanted.contains(&other) {
            cx.platform().unblock(user, other, device).await?;
        }
    }
    for other in wanted {
        cx.platform().block(user, other, device).await?;
    }
    Ok(true)
}
