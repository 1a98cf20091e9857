//! `messages.getDialogFilters`: the folders, "all chats" among them.

use tl::functions::messages::GetDialogFilters;
use tl::{RemoteCall, enums, types};

use crate::views::filter;
use crate::views::peers::Peers;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    _request: GetDialogFilters,
) -> Result<<GetDialogFilters as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let found = cx.platform().filters(user).await?;
    let order = cx.platform().filter_order(user).await?;
    let mut peers = Peers::default();
    let mut filters = Vec::with_capacity(found.len() + 1);
    let all_at = order.iter().position(|id| *id == 0).unwrap_or(0);
    for filter in &found {
        filters.push(filter::filter(cx.platform(), user, filter, &mut peers));
    }
    filters.insert(all_at.min(filters.len()), enums::DialogFilter::Default);
    Ok(types::messages::DialogFilters { tags_enabled: false, filters }.into())
}
