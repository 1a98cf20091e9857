//! `photos.updateProfilePhoto`: shows one of the person's photos again, or none.

use tl::{enums, functions};

use super::{answer, slot};
use crate::{Context, RpcError};

/// Only photos that were made for a profile can be shown in one: others lack its sizes.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::photos::UpdateProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    let (me, origin) = (cx.user()?, Some(cx.caller.key.id));
    if request.bot.is_some() {
        return Err(RpcError::new(400, "BOT_INVALID"));
    }
    let slot = slot(request.fallback);
    if matches!(request.id, enums::InputPhoto::Empty) {
        cx.platform().hide_photo(me, slot, origin).await?;
        return answer(cx, None).await;
    }
    let invalid = || RpcError::new(400, "PHOTO_ID_INVALID");
    let photo = cx
        .input_photo(&request.id)
        .await
        .map_err(|error| if error.name == "MEDIA_EMPTY" { invalid() } else { error })?;
    let person = cx.platform().living_person(me).await?;
    if !person.photos().contains(&photo.id) {
        return Err(invalid());
    }
    cx.platform().show_photo(me, &photo, slot, origin).await?;
    answer(cx, Some(&photo)).await
}
