//! `messages.report`: messages are reported to the operator, in steps: why, perhaps in words, done.

use tl::{enums, functions, types};

use super::common::report;
use crate::views::report::{choose, chosen};
use crate::{Context, RpcError};

/// The last layer whose clients named a reason at once and read a bare success.
const LAST_LAYER_WITHOUT_STEPS: i32 = 187;

/// Without an option the question why; "something else" asks for words.
pub async fn handle(cx: &Context<'_>, request: functions::messages::Report) -> Result<enums::ReportResult, RpcError> {
    if cx.caller.layer <= LAST_LAYER_WITHOUT_STEPS {
        report(cx, &request.peer, "other", request.message, request.id).await?;
        return Ok(enums::ReportResult::Reported);
    }
    if request.option.is_empty() {
        cx.input_peer(&request.peer).await?;
        return Ok(choose());
    }
    let reason = chosen(&request.option).ok_or(RpcError::new(400, "OPTION_INVALID"))?;
    if reason == "other" && request.message.trim().is_empty() {
        return Ok(types::ReportResultAddComment { optional: false, option: request.option }.into());
    }
    report(cx, &request.peer, reason, request.message, request.id).await?;
    Ok(enums::ReportResult::Reported)
}
