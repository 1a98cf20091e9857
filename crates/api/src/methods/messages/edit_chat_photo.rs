//! `messages.editChatPhoto`: gives a basic group a photo, or takes it away.

use tl::functions::messages::EditChatPhoto;
use tl::{RemoteCall, enums};

use super::{chats, common};
use crate::input_media::uploaded;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditChatPhoto,
) -> Result<<EditChatPhoto as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let photo = match &request.photo {
        enums::InputChatPhoto::Empty => None,
        enums::InputChatPhoto::InputChatUploadedPhoto(new) => {
            if new.video.is_some() || new.video_emoji_markup.is_some() {
                return Err(RpcError::new(400, "VIDEO_FILE_INVALID"));
            }
            let file = new.file.as_ref().ok_or(RpcError::new(400, "PHOTO_FILE_MISSING"))?;
            Some(cx.platform().create_profile_photo(actor.user, &uploaded(file)?).await?)
        }
        // Only photos that were made for a profile or a group can be shown as one: others lack its sizes.
        enums::InputChatPhoto::Photo(old) => {
            let photo = cx.input_photo(&old.id).await.map_err(|_| RpcError::new(400, "PHOTO_INVALID"))?;
            let person = cx.platform().living_person(actor.user).await?;
            if !person.photos().contains(&photo.id) {
                return Err(RpcError::new(400, "PHOTO_INVALID"));
            }
            Some(photo)
        }
    };
    let entries = cx.platform().edit_chat_photo(actor, request.chat_id, photo).await?;
    chats::told(cx, actor.user, &entries).await
}
