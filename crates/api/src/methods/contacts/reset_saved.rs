//! `contacts.resetSaved`: forgets the numbers of people who are not here.

use tl::functions;

use crate::{Context, RpcError};

/// None are kept, so it is done.
pub async fn handle(cx: &Context<'_>, _request: functions::contacts::ResetSaved) -> Result<bool, RpcError> {
    cx.user()?;
    Ok(true)
}
