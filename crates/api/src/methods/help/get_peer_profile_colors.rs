//! `help.getPeerProfileColors`: the colours of profile pages.

use std::sync::LazyLock;

use tl::{enums, functions, types};

use super::get_peer_colors::option;
use crate::data::{Versioned, hex_colors, rows};
use crate::{Context, RpcError};

static COLORS: LazyLock<Versioned<Vec<enums::help::PeerColorOption>>> = LazyLock::new(|| {
    Versioned::new(include_str!("../../../data/profile_colors.tsv"), |text| rows(text).map(page).collect())
});

/// The palette, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetPeerProfileColors,
) -> Result<enums::help::PeerColors, RpcError> {
    if request.hash == COLORS.hash {
        return Ok(enums::help::PeerColors::NotModified);
    }
    Ok(types::help::PeerColors { hash: COLORS.hash, colors: COLORS.value.clone() }.into())
}

/// Swatches, page and ring, on a light page and on a dark one.
fn page(columns: Vec<&str>) -> enums::help::PeerColorOption {
    let number = columns.first().and_then(|number| number.parse().ok()).unwrap_or_default();
    let colors = |index: usize| hex_colors(columns.get(index).copied().unwrap_or_default());
    let set = |first: usize| {
        let set = types::help::PeerColorProfileSet {
            palette_colors: colors(first),
            bg_colors: colors(first + 1),
            story_colors: colors(first + 2),
        };
        Some(set.into())
    };
    option(number, set(1), set(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_whole() {
        for (number, enums::help::PeerColorOption::Option(option)) in (0..).zip(&COLORS.value) {
            assert_eq!(option.color_id, number);
            for set in [&option.colors, &option.dark_colors] {
                let Some(enums::help::PeerColorSet::PeerColorProfileSet(set)) = set else { panic!("{number}") };
                let plain = if number < 8 { 1 } else { 2 };
                assert_eq!((set.palette_colors.len(), set.bg_colors.len()), (plain, plain), "{number}");
                assert_eq!(set.story_colors.len(), 2, "{number}");
            }
        }
        assert_eq!(COLORS.value.len(), 16);
    }
}
