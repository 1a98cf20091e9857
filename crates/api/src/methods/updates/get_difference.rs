//! `updates.getDifference`: what a device missed (page "Working with Updates").

use platform::mailbox::{Cut, Difference, DifferenceLimits, Entry};
use platform::{Pts, UserId};
use tl::functions::updates::GetDifference;
use tl::{RemoteCall, enums, types};

use super::get_state::{empty, state};
use crate::views::updates::render;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetDifference,
) -> Result<<GetDifference as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.pts < 0 {
        return Err(RpcError::new(400, "PERSISTENT_TIMESTAMP_INVALID"));
    }
    let limits = DifferenceLimits { slice: request.pts_limit, total: request.pts_total_limit };
    match cx.platform().difference(user, Pts(request.pts), request.date, limits).await? {
        Difference::Empty(cut) => Ok(empty(&cut)),
        Difference::TooLong(Pts(pts)) => Ok(types::updates::DifferenceTooLong { pts }.into()),
        Difference::Full(entries, cut) => full(cx, user, &entries, &cut).await,
        Difference::Slice(entries, cut) => slice(cx, user, &entries, &cut).await,
    }
}

async fn full(
    cx: &Context<'_>,
    user: UserId,
    entries: &[Entry],
    cut: &Cut,
) -> Result<enums::updates::Difference, RpcError> {
    let rendered = render(cx.platform(), user, entries, true).await?;
    let (users, chats) = rendered.peers.shown(cx.platform(), user).await?;
    Ok(types::updates::Difference {
        new_messages: rendered.new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates: rendered.updates,
        chats,
        users,
        state: state(cut),
    }
    .into())
}

async fn slice(
    cx: &Context<'_>,
    user: UserId,
    entries: &[Entry],
    cut: &Cut,
) -> Result<enums::updates::Difference, RpcError> {
    let rendered = render(cx.platform(), user, entries, true).await?;
    let (users, chats) = rendered.peers.shown(cx.platform(), user).await?;
    Ok(types::updates::DifferenceSlice {
        new_messages: rendered.new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates: rendered.updates,
        chats,
        users,
        intermediate_state: state(cut),
    }
    .into())
}
