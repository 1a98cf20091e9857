//! `help.getPromoData`: a channel to promote, or none.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// How long until the client asks again, in seconds.
const EXPIRES_SECONDS: i32 = 24 * 3600;

/// Nothing is ever promoted.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetPromoData,
) -> Result<enums::help::PromoData, RpcError> {
    Ok(types::help::PromoDataEmpty { expires: cx.platform().now() + EXPIRES_SECONDS }.into())
}
