//! `updates.getState`: where the mailbox stands.

use platform::mailbox::Cut;
use tl::functions::updates::GetState;
use tl::{RemoteCall, enums, types};

use crate::{Context, RpcError};

/// Updates that are ordered by seq do not occur; clients take a constant for "nothing missed".
const SEQ: i32 = 1;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, _: GetState) -> Result<<GetState as RemoteCall>::Return, RpcError> {
    Ok(state(&cx.platform().cut(cx.user()?).await?))
}

/// A state on the wire. `qts` counts what belongs to single authorisations: secret chats, which come with their issue.
pub fn state(cut: &Cut) -> enums::updates::State {
    types::updates::State { pts: cut.pts.0, qts: 0, date: cut.date, seq: SEQ, unread_count: cut.unread }.into()
}

/// An empty difference on the wire.
pub fn empty(cut: &Cut) -> enums::updates::Difference {
    types::updates::DifferenceEmpty { date: cut.date, seq: SEQ }.into()
}
