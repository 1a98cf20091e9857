//! `messages.getSearchCounters`: how many messages of each kind a conversation has.

use tl::functions::messages::GetSearchCounters;
use tl::{RemoteCall, types};

use crate::limits::SEARCH_COUNTERS_MAX;
use crate::{Context, RpcError};
use platform::messages::Search;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSearchCounters,
) -> Result<<GetSearchCounters as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.filters.len() > SEARCH_COUNTERS_MAX {
        return Err(RpcError::new(400, "LIMIT_INVALID"));
    }
    let peer = Some(cx.input_peer(&request.peer).await?);
    let saved_peer = match &request.saved_peer_id {
        Some(saved) => Some(cx.input_peer(saved).await?),
        None => None,
    };
    let mut counters = Vec::with_capacity(request.filters.len());
    for filter in request.filters {
        let search = Search { peer, saved_peer, kind: super::search::kind(&filter), ..Search::default() };
        let (count, inexact) = cx.platform().search_count(user, &search).await?;
        counters.push(types::messages::SearchCounter { inexact, filter, count }.into());
    }
    Ok(counters)
}
