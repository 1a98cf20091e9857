//! `photos.*`: profile photos.

pub mod delete_photos;
pub mod get_user_photos;
pub mod update_profile_photo;
pub mod upload_profile_photo;

use platform::media::Photo;
use platform::people::photos::PhotoSlot;
use tl::{enums, types};

use crate::views::media::photo;
use crate::views::user::users;
use crate::{Context, RpcError};

/// The photo meant by a call with this flag.
fn slot(is_fallback: bool) -> PhotoSlot {
    if is_fallback { PhotoSlot::Fallback } else { PhotoSlot::Main }
}

/// The answer that names the present photo and shows the caller with it.
async fn answer(cx: &Context<'_>, shown: Option<&Photo>) -> Result<enums::photos::Photo, RpcError> {
    let me = cx.user()?;
    let photo = match shown {
        Some(shown) => photo(cx.platform(), me, shown),
        None => types::PhotoEmpty { id: 0 }.into(),
    };
    Ok(types::photos::Photo { photo, users: users(cx.platform(), me, &[me]).await? }.into())
}
