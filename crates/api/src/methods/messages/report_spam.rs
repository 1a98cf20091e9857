//! `messages.reportSpam`: a stranger's chat is reported to the operator.

use tl::functions;

use super::common::report;
use crate::{Context, RpcError};

/// True once it is kept.
pub async fn handle(cx: &Context<'_>, request: functions::messages::ReportSpam) -> Result<bool, RpcError> {
    report(cx, &request.peer, "spam", String::new(), Vec::new()).await?;
    Ok(true)
}
