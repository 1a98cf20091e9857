//! `messages.uploadMedia`: makes a photo or document of an upload without sending it.

use tl::functions::messages::UploadMedia;
use tl::{RemoteCall, enums};

use super::media::media;
use crate::{Context, RpcError, views};
use platform::Refusal;

/// Answers the request. What nobody sends afterwards goes after the grace.
pub async fn handle(cx: &Context<'_>, request: UploadMedia) -> Result<<UploadMedia as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.business_connection_id.is_some() {
        return Err(RpcError::new(400, "CONNECTION_ID_INVALID"));
    }
    if !matches!(request.peer, enums::InputPeer::Empty) {
        cx.input_peer(&request.peer).await?;
    }
    let made = media(cx, &request.media).await?.filter(|made| made.medium().is_some());
    let made = made.ok_or(RpcError::from(Refusal::MediaInvalid))?;
    Ok(views::media::media(cx.platform(), user, &made))
}
