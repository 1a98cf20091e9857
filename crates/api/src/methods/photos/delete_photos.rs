//! `photos.deletePhotos`: takes photos out of the caller's profile.

use platform::media::MediumId;
use tl::{enums, functions};

use crate::limits::PHOTOS_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Gives the numbers of those that were there. Only one's own can be meant, so that the number is enough: TDLib gives an
/// access hash of zero.
pub async fn handle(cx: &Context<'_>, request: functions::photos::DeletePhotos) -> Result<Vec<i64>, RpcError> {
    let me = cx.user()?;
    if request.id.len() > PHOTOS_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let named = request.id.iter().filter_map(|input| match input {
        enums::InputPhoto::Photo(photo) => Some(MediumId(photo.id)),
        enums::InputPhoto::Empty => None,
    });
    let ids: Vec<MediumId> = named.collect();
    let deleted = cx.platform().delete_photos(me, &ids, Some(cx.caller.key.id)).await?;
    Ok(deleted.into_iter().map(|id| id.0).collect())
}
