//! `help.getDeepLinkInfo`: what to say about a link the client does not understand.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// Nothing is known of links beyond what clients know.
pub async fn handle(
    _cx: &Context<'_>,
    _request: functions::help::GetDeepLinkInfo,
) -> Result<enums::help::DeepLinkInfo, RpcError> {
    Ok(enums::help::DeepLinkInfo::Empty)
}
