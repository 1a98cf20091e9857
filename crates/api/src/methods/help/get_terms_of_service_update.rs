//! `help.getTermsOfServiceUpdate`: terms to accept before going on, or none.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// How long until the client asks again, in seconds.
const EXPIRES_SECONDS: i32 = 24 * 3600;

/// Nobody is asked to accept anything.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetTermsOfServiceUpdate,
) -> Result<enums::help::TermsOfServiceUpdate, RpcError> {
    let expires = cx.platform().now() + EXPIRES_SECONDS;
    Ok(types::help::TermsOfServiceUpdateEmpty { expires }.into())
}
