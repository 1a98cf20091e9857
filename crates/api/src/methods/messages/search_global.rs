//! `messages.searchGlobal`: looks through the whole mailbox.

use tl::RemoteCall;
use tl::functions::messages::SearchGlobal;

use super::common;
use crate::{Context, RpcError};
use platform::mailbox::HistoryPage;
use platform::messages::{Kind, Search};

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: SearchGlobal) -> Result<<SearchGlobal as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.broadcasts_only || request.groups_only {
        return common::page(cx, user, &HistoryPage::default(), 0).await;
    }
    let kind = super::search::kind(&request.filter);
    if request.q.trim().is_empty() && kind == Kind::Any {
        return Err(RpcError::new(400, "SEARCH_QUERY_EMPTY"));
    }
    let search = Search {
        query: request.q,
        kind,
        min_date: request.min_date,
        max_date: request.max_date,
        window: common::window((request.offset_id, 0), (0, request.limit), (0, 0)),
        ..Search::default()
    };
    let page = cx.platform().search(user, &search).await?;
    common::page(cx, user, &page, 0).await
}
