//! `photos.uploadProfilePhoto`: makes squares of an uploaded picture and shows them from now on.

use tl::{enums, functions};

use super::{answer, slot};
use crate::input_media::uploaded;
use crate::{Context, RpcError};

/// Pictures only: moving ones need a decoder of videos, which this server does not have.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::photos::UploadProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    let me = cx.user()?;
    if request.bot.is_some() {
        return Err(RpcError::new(400, "BOT_INVALID"));
    }
    if request.video.is_some() || request.video_emoji_markup.is_some() {
        return Err(RpcError::new(400, "VIDEO_FILE_INVALID"));
    }
    let file = request.file.as_ref().ok_or(RpcError::new(400, "PHOTO_FILE_MISSING"))?;
    let photo = cx.platform().create_profile_photo(me, &uploaded(file)?).await?;
    cx.platform().show_photo(me, &photo, slot(request.fallback), Some(cx.caller.key.id)).await?;
    answer(cx, Some(&photo)).await
}
