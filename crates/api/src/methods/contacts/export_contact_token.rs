//! `contacts.exportContactToken`: a link by which others find the caller without their number.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// The link ends by itself.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::contacts::ExportContactToken,
) -> Result<enums::ExportedContactToken, RpcError> {
    let (token, expires) = cx.platform().contact_token(cx.user()?);
    let base = cx.api.settings().base_url.trim_end_matches('/');
    Ok(types::ExportedContactToken { url: format!("{base}/contact/{token}"), expires }.into())
}
