//! `help.acceptTermsOfService`: the client's user agreed.

use tl::functions;

use crate::{Context, RpcError};

/// There are no terms to accept; agreeing to nothing is fine.
pub async fn handle(_cx: &Context<'_>, _request: functions::help::AcceptTermsOfService) -> Result<bool, RpcError> {
    Ok(true)
}
