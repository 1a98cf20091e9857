//! `contacts.block`: shuts somebody out.

use tl::functions;

use super::input_person;
use crate::{Context, RpcError};

/// Of their stories too: there is one list.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::Block) -> Result<bool, RpcError> {
    let other = input_person(cx, &request.id).await?;
    cx.platform().block(cx.user()?, other, Some(cx.caller.key.id)).await?;
    Ok(true)
}
