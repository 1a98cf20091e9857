//! `help.getSupportName`: the name shown to those who answer support questions.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// The service's own name.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetSupportName,
) -> Result<enums::help::SupportName, RpcError> {
    cx.user()?;
    Ok(types::help::SupportName { name: cx.api.settings().name.clone() }.into())
}
