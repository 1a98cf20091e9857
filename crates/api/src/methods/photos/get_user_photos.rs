//! `photos.getUserPhotos`: a person's profile photos.

use tl::{enums, functions, types};

use crate::views::user::users;
use crate::{Context, RpcError};

/// None yet.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::photos::GetUserPhotos,
) -> Result<enums::photos::Photos, RpcError> {
    let id = cx.input_user(&request.user_id).await?;
    let users = users(cx.platform(), cx.user()?, &[id]).await?;
    Ok(types::photos::Photos { photos: Vec::new(), users }.into())
}
