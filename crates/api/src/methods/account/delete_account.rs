//! `account.deleteAccount`: the account and what it stored about itself and others goes; its names are free.

use tl::functions;

use crate::{Context, RpcError};

/// Every device is signed out.
pub async fn handle(cx: &Context<'_>, _request: functions::account::DeleteAccount) -> Result<bool, RpcError> {
    cx.platform().delete_account(cx.user()?).await?;
    Ok(true)
}
