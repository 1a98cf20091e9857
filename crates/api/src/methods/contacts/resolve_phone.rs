//! `contacts.resolvePhone`: who has a number, if they let themselves be found by it.

use platform::people::names::Phone;
use tl::{enums, functions};

use super::resolved;
use crate::{Context, RpcError};

/// Nobody, and somebody who does not want to be found, are the same.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::ResolvePhone,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let viewer = cx.user()?;
    let nobody = RpcError::new(400, "PHONE_NOT_OCCUPIED");
    let phone = Phone::parse(&request.phone).map_err(|_| nobody.clone())?;
    let found = cx.platform().find_by_phone(viewer, &phone).await?;
    resolved(cx, found.ok_or(nobody)?).await
}
