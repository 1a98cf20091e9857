//! `photos.getUserPhotos`: a person's profile photos, the latest first.

use platform::UserId;
use platform::media::MediumId;
use platform::people::person::Person;
use tl::{enums, functions, types};

use crate::limits::PHOTOS_PER_CALL_MAX;
use crate::views::media::photo;
use crate::views::user::users;
use crate::{Context, RpcError};

/// Whoever may not see them is shown the one meant for everybody, if there is one.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::photos::GetUserPhotos,
) -> Result<enums::photos::Photos, RpcError> {
    let (viewer, platform) = (cx.user()?, cx.platform());
    let id = cx.input_user(&request.user_id).await?;
    let person = platform.person(id).await?.ok_or(RpcError::USER_ID_INVALID)?;
    let all = visible(cx, viewer, &person).await?;
    let page = page(&all, request.offset, request.max_id, request.limit);
    let mut photos = Vec::with_capacity(page.len());
    for id in page {
        // One that is being removed meanwhile is left out.
        if let Ok(shown) = platform.photo(*id).await {
            photos.push(photo(platform, viewer, &shown));
        }
    }
    let users = users(platform, viewer, &[id]).await?;
    if photos.len() == all.len() {
        return Ok(types::photos::Photos { photos, users }.into());
    }
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    Ok(types::photos::PhotosSlice { count, photos, users }.into())
}

async fn visible(cx: &Context<'_>, viewer: UserId, person: &Person) -> Result<Vec<MediumId>, RpcError> {
    let relation = cx.platform().relation(viewer, person.id).await?;
    if person.shows_photos_to(viewer, &relation) {
        return Ok(person.photos().to_vec());
    }
    Ok(person.photo_for(viewer, &relation).map(|photo| photo.id).into_iter().collect())
}

/// A page, as `messages.getHistory` has it: from the photo `max_id` (or the first), `offset` further on, `limit` of them.
fn page(all: &[MediumId], offset: i32, max_id: i64, limit: i32) -> &[MediumId] {
    let start = if max_id == 0 { 0 } else { all.iter().position(|id| id.0 == max_id).map_or(0, |place| place + 1) };
    let start = i64::try_from(start).unwrap_or(0) + i64::from(offset);
    let start = usize::try_from(start.max(0)).unwrap_or(usize::MAX).min(all.len());
    let most = usize::try_from(limit).unwrap_or(0).min(PHOTOS_PER_CALL_MAX);
    let most = if limit == 0 { PHOTOS_PER_CALL_MAX } else { most };
    &all[start..all.len().min(start + most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_at_a_photo_or_at_the_first() {
        let all = [9, 8, 7, 6].map(MediumId);
        assert_eq!(page(&all, 0, 0, 2), &all[..2]);
        assert_eq!(page(&all, 2, 0, 100), &all[2..]);
        assert_eq!(page(&all, 0, 0, 0), &all[..]);
        assert_eq!(page(&all, -1, 8, 1), &all[1..2], "exactly this one");
        assert_eq!(page(&all, 0, 8, 1), &all[2..3], "the one after");
        assert!(page(&all, 9, 0, 5).is_empty() && page(&all, 0, 0, -1).is_empty());
        assert_eq!(page(&all, i32::MIN, 0, i32::MAX), &all[..]);
    }
}
