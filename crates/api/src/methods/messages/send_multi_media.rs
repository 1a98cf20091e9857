//! `messages.sendMultiMedia`: sends an album, all of it or nothing.

use tl::functions::messages::SendMultiMedia;
use tl::{RemoteCall, enums, types};

use super::common;
use super::media::media;
use crate::views::entities::from_client;
use crate::{Context, RpcError};
use platform::Refusal;
use platform::limits::mailbox::ALBUM_MAX;
use platform::mailbox::Flags;
use platform::messages::{Album, AlbumItem};

/// Answers the request. The page says that the media have to be uploaded with `messages.uploadMedia` before; raw uploads
/// are taken, too.
pub async fn handle(
    cx: &Context<'_>,
    request: SendMultiMedia,
) -> Result<<SendMultiMedia as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let singles: Vec<types::InputSingleMedia> = request.multi_media.into_iter().map(single).collect();
    if singles.len() > ALBUM_MAX {
        return Err(Refusal::MultiMediaTooLong.into());
    }
    let random_ids: Vec<i64> = singles.iter().map(|single| single.random_id).collect();
    if let Some(sent) = cx.platform().all_sent_earlier(actor.user, &random_ids).await? {
        return common::sent(cx, actor.user, &sent).await;
    }
    cx.platform().check_reachable(actor.user, peer).await?;
    let mut items = Vec::with_capacity(singles.len());
    for (place, single) in singles.into_iter().enumerate() {
        items.push(item(cx, single).await.map_err(|error| at_place(error, place))?);
    }
    let turn = cx.platform().turn(actor.user).await;
    let flags = Flags::default()
        .with(Flags::SILENT, request.silent)
        .with(Flags::NOFORWARDS, request.noforwards)
        .with(Flags::INVERT_MEDIA, request.invert_media);
    let reply = common::reply_to(cx, request.reply_to.as_ref()).await?;
    let album = Album { peer, items, reply, flags, clear_draft: request.clear_draft };
    let sent = cx.platform().send_album_in_turn(turn, actor, album).await?;
    common::sent(cx, actor.user, &sent).await
}

fn single(input: enums::InputSingleMedia) -> types::InputSingleMedia {
    let enums::InputSingleMedia::Media(single) = input;
    single
}

async fn item(cx: &Context<'_>, single: types::InputSingleMedia) -> Result<AlbumItem, RpcError> {
    let attached = media(cx, &single.media).await?;
    Ok(AlbumItem {
        media: attached.ok_or(RpcError::from(Refusal::MediaInvalid))?,
        entities: from_client(cx, single.entities.as_ref()).await?,
        text: single.message,
        random_id: single.random_id,
    })
}

/// Page "File references": in an album the error says whose reference it was.
fn at_place(error: RpcError, place: usize) -> RpcError {
    match error.name.strip_prefix("FILE_REFERENCE_") {
        Some(trouble @ ("EXPIRED" | "INVALID")) => {
            RpcError { name: format!("FILE_REFERENCE_{place}_{trouble}").into(), ..error }
        }
        _ => error,
    }
}
