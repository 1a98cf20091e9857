//! `bots.sendCustomRequest`: the road to what the protocol has no method for (`extensions/`, docs/extensions.md).

use tl::{enums, functions, types};

use crate::{Context, RpcError, extensions};

/// A named extension with its fields as JSON; the answer is JSON, too.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::bots::SendCustomRequest,
) -> Result<enums::DataJson, RpcError> {
    let enums::DataJson::Json(params) = request.params;
    let data = extensions::call(cx, &request.custom_method, &params.data).await?;
    Ok(types::DataJson { data }.into())
}
