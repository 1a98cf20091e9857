//! `account.reportPeer`: a peer is reported to the operator.

use tl::functions;

use crate::methods::messages::common::report;
use crate::views::report::reason;
use crate::{Context, RpcError};

/// True once it is kept.
pub async fn handle(cx: &Context<'_>, request: functions::account::ReportPeer) -> Result<bool, RpcError> {
    report(cx, &request.peer, reason(&request.reason), request.message, Vec::new()).await?;
    Ok(true)
}
