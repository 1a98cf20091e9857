//! `messages.setTyping`: shows the other side what one is doing.

use tl::functions::messages::SetTyping;
use tl::{RemoteCall, enums};

use crate::{Context, RpcError};
use platform::Peer;
use platform::ephemeral::Activity;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: SetTyping) -> Result<<SetTyping as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = cx.input_peer(&request.peer).await?;
    let Some(activity) = activity(&request.action) else { return Ok(true) };
    match peer {
        Peer::User(other) => cx.platform().set_typing(user, other, activity).await?,
        Peer::Chat(chat) => cx.platform().set_typing_in_chat(user, chat, activity).await?,
        Peer::Channel(_) => {}
    }
    Ok(true)
}

fn activity(action: &enums::SendMessageAction) -> Option<Activity> {
    use enums::SendMessageAction as A;
    Some(match action {
        A::SendMessageTypingAction => Activity::Typing,
        A::SendMessageCancelAction => Activity::Cancel,
        A::SendMessageRecordVideoAction => Activity::RecordVideo,
        A::SendMessageUploadVideoAction(upload) => Activity::UploadVideo(upload.progress),
        A::SendMessageRecordAudioAction => Activity::RecordAudio,
        A::SendMessageUploadAudioAction(upload) => Activity::UploadAudio(upload.progress),
        A::SendMessageUploadPhotoAction(upload) => Activity::UploadPhoto(upload.progress),
        A::SendMessageUploadDocumentAction(upload) => Activity::UploadDocument(upload.progress),
        A::SendMessageGeoLocationAction => Activity::GeoLocation,
        A::SendMessageChooseContactAction => Activity::ChooseContact,
        A::SendMessageGamePlayAction => Activity::GamePlay,
        A::SendMessageRecordRoundAction => Activity::RecordRound,
        A::SendMessageUploadRoundAction(upload) => Activity::UploadRound(upload.progress),
        A::SendMessageChooseStickerAction => Activity::ChooseSticker,
        _ => return None,
    })
}
