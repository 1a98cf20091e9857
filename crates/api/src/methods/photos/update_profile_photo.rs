//! `photos.updateProfilePhoto`: chooses a profile photo, or removes it.

use tl::{enums, functions, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// There is none to choose yet; removing it succeeds.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::photos::UpdateProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    let user = cx.user()?;
    if matches!(request.id, enums::InputPhoto::Photo(_)) {
        return Err(RpcError::new(400, "PHOTO_ID_INVALID"));
    }
    let photo = types::PhotoEmpty { id: 0 }.into();
    Ok(types::photos::Photo { photo, users: users(cx.platform(), user, &[user]).await? }.into())
}
