//! `auth.reportMissingCode`: a code sent by SMS did not come.

use tl::functions;

use crate::{Context, RpcError};

/// There is nobody to blame but the operator's road, who sees it in the log.
pub async fn handle(_cx: &Context<'_>, _request: functions::auth::ReportMissingCode) -> Result<bool, RpcError> {
    tracing::warn!("a client says that a login code did not arrive");
    Ok(true)
}
