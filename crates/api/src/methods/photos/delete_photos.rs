//! `photos.deletePhotos`: profile photos come with media.

use tl::functions;

use crate::{Context, RpcError};

/// None exist, so none were deleted.
pub async fn handle(cx: &Context<'_>, _request: functions::photos::DeletePhotos) -> Result<Vec<i64>, RpcError> {
    cx.user()?;
    Ok(Vec::new())
}
