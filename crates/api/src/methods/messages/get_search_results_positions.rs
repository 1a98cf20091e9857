//! `messages.getSearchResultsPositions`: where photos, videos or files stand in their list.

use tl::functions::messages::GetSearchResultsPositions;
use tl::{RemoteCall, types};

use super::search::kind;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::{Position, Search};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSearchResultsPositions,
) -> Result<<GetSearchResultsPositions as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = Some(cx.input_peer(&request.peer).await?);
    let saved_peer = match &request.saved_peer_id {
        Some(saved) => Some(cx.input_peer(saved).await?),
        None => None,
    };
    let search = Search { peer, saved_peer, kind: kind(&request.filter), ..Search::default() };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let places = cx.platform().search_positions(user, &search, MsgId(request.offset_id), limit).await?;
    let positions = places.list.iter().map(position).collect();
    Ok(types::messages::SearchResultsPositions { count: places.count, positions }.into())
}

fn position(place: &Position) -> tl::enums::SearchResultsPosition {
    types::SearchResultPosition { msg_id: place.id.0, date: place.date, offset: place.offset }.into()
}
