//! `help.getPeerProfileColors`: the colours of profile pages.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// One colour a row: the swatch, the page, the two ends of the ring around a story.
const PALETTE: [[i32; 4]; 8] = [
    [0xc0504d, 0x9e413f, 0xe08a7c, 0xb83a3a],
    [0xc7813b, 0xa66a2e, 0xf0b35e, 0xb8691f],
    [0x8a5fb0, 0x70498f, 0xb98ade, 0x6f3f9e],
    [0x5a9e4b, 0x47803a, 0x8bcf78, 0x3f8232],
    [0x3f99a3, 0x307b84, 0x6fcad3, 0x227884],
    [0x4a82b8, 0x396894, 0x7db4e3, 0x2f649b],
    [0xb85f8c, 0x954a70, 0xe391bb, 0x9b3f6d],
    [0x71818c, 0x586670, 0xa1b1bc, 0x4e5d68],
];
/// The list has never changed.
const HASH: i32 = 1;

/// The palette, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetPeerProfileColors,
) -> Result<enums::help::PeerColors, RpcError> {
    if request.hash == HASH {
        return Ok(enums::help::PeerColors::NotModified);
    }
    let colors = (0..).zip(PALETTE).map(|(color_id, row)| option(color_id, Some(set(row)))).collect();
    Ok(types::help::PeerColors { hash: HASH, colors }.into())
}

fn set([swatch, page, ring_start, ring_end]: [i32; 4]) -> enums::help::PeerColorSet {
    types::help::PeerColorProfileSet {
        palette_colors: vec![swatch],
        bg_colors: vec![page],
        story_colors: vec![ring_start, ring_end],
    }
    .into()
}

/// One colour to choose; without a set, the one the client has built in under this number.
pub(super) fn option(color_id: i32, colors: Option<enums::help::PeerColorSet>) -> enums::help::PeerColorOption {
    types::help::PeerColorOption {
        hidden: false,
        color_id,
        dark_colors: colors.clone(),
        colors,
        channel_min_level: None,
        group_min_level: None,
    }
    .into()
}
