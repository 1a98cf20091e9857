//! `messages.searchSentMedia`: what the caller sent lately, of one kind, wherever to.

use tl::RemoteCall;
use tl::functions::messages::SearchSentMedia;

use super::common;
use super::search::kind;
use crate::{Context, RpcError};
use platform::Peer;
use platform::messages::{Kind, Search};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: SearchSentMedia,
) -> Result<<SearchSentMedia as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let kind = kind(&request.filter);
    if kind == Kind::Any {
        return Err(RpcError::new(400, "INPUT_FILTER_INVALID"));
    }
    let window = common::window((0, 0), (0, request.limit), (0, 0));
    let search = Search { query: request.q, kind, from: Some(Peer::User(user)), window, ..Search::default() };
    let page = cx.platform().search(user, &search).await?;
    common::page(cx, user, &page, 0).await
}
