//! `photos.deletePhotos`: takes photos out of the caller's profile.

use platform::media::MediumId;
use tl::{enums, functions};

use crate::limits::PHOTOS_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Gives the numbers of those that were there.
pub async fn handle(cx: &Context<'_>, request: functions::photos::DeletePhotos) -> Result<Vec<i64>, RpcError> {
    let me = cx.user()?;
    if request.id.len() > PHOTOS_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let named = request.id.iter().filter_map(|input| match input {
        enums::InputPhoto::Photo(photo) => Some(photo),
        enums::InputPhoto::Empty => None,
    });
    let shown = named.filter(|photo| cx.platform().check_medium_access_hash(me, MediumId(photo.id), photo.access_hash));
    let ids: Vec<MediumId> = shown.map(|photo| MediumId(photo.id)).collect();
    let deleted = cx.platform().delete_photos(me, &ids, Some(cx.caller.key.id)).await?;
    Ok(deleted.into_iter().map(|id| id.0).collect())
}
