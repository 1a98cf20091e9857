//! `account.deleteAutoSaveExceptions`: the same for every peer again.

use tl::functions;

use crate::{Context, RpcError};

/// True, whether there was one or not.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::DeleteAutoSaveExceptions,
) -> Result<bool, RpcError> {
    cx.platform().delete_auto_save_exceptions(cx.user()?).await?;
    Ok(true)
}
