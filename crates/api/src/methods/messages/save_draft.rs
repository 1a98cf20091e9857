//! `messages.saveDraft`: keeps what is being written, in step on all devices.

use tl::functions::messages::SaveDraft;
use tl::{RemoteCall, enums};

use super::common;
use crate::views::entities::from_client;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::Draft;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: SaveDraft) -> Result<<SaveDraft as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let reply = match &request.reply_to {
        Some(enums::InputReplyTo::Message(reply)) => Some(MsgId(reply.reply_to_msg_id)),
        _ => None,
    };
    let draft = Draft {
        entities: from_client(cx, request.entities.as_ref()).await?,
        text: request.message,
        date: 0,
        reply_to: reply,
        no_webpage: request.no_webpage,
        invert_media: request.invert_media,
    };
    cx.platform().save_draft(actor, peer, draft).await?;
    Ok(true)
}
