//! `help.getPeerColors`: the colours of names and replies.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Red, orange, violet, green, cyan, blue, pink: every client has these built in, by number.
const BUILT_IN: std::ops::RangeInclusive<i32> = 0..=6;
/// The list has never changed.
const HASH: i32 = 1;

/// The built-in colours, unless the client has the list.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetPeerColors,
) -> Result<enums::help::PeerColors, RpcError> {
    if request.hash == HASH {
        return Ok(enums::help::PeerColors::NotModified);
    }
    let built_in = |color_id| super::get_peer_profile_colors::option(color_id, None);
    Ok(types::help::PeerColors { hash: HASH, colors: BUILT_IN.map(built_in).collect() }.into())
}
