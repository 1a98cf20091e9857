//! `contacts.unblock`: lets somebody in again.

use tl::functions;

use super::input_person;
use crate::{Context, RpcError};

/// True also for those who were not shut out.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::Unblock) -> Result<bool, RpcError> {
    let other = input_person(cx, &request.id).await?;
    cx.platform().unblock(cx.user()?, other, Some(cx.caller.key.id)).await?;
    Ok(true)
}
