//! `messages.updateDialogFilter`: makes, changes or removes a folder.

use tl::functions::messages::UpdateDialogFilter;
use tl::{RemoteCall, enums};

use super::common;
use crate::views::entities::from_client;
use crate::views::filter::flags;
use crate::{Context, RpcError};
use platform::Peer;
use platform::messages::Filter;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: UpdateDialogFilter,
) -> Result<<UpdateDialogFilter as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let filter = match request.filter {
        None => {
            cx.platform().remove_filter(actor, request.id).await?;
            return Ok(true);
        }
        Some(enums::DialogFilter::Filter(filter)) => filter,
        Some(_) => return Err(RpcError::new(400, "FILTER_NOT_SUPPORTED")),
    };
    let enums::TextWithEntities::Entities(title) = &filter.title;
    let stored = Filter {
        id: request.id,
        title: title.text.clone(),
        title_entities: from_client(cx, Some(&title.entities)).await?,
        emoticon: filter.emoticon.clone(),
        color: filter.color,
        flags: flags(&filter),
        pinned: peers(cx, &filter.pinned_peers).await?,
        include: peers(cx, &filter.include_peers).await?,
        exclude: peers(cx, &filter.exclude_peers).await?,
    };
    cx.platform().save_filter(actor, stored).await?;
    Ok(true)
}

async fn peers(cx: &Context<'_>, inputs: &[enums::InputPeer]) -> Result<Vec<Peer>, RpcError> {
    let mut peers = Vec::with_capacity(inputs.len());
    for input in inputs {
        peers.push(cx.input_peer(input).await?);
    }
    Ok(peers)
}
