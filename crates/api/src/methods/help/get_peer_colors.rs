//! `help.getPeerColors`: the colours of names and replies.

use std::sync::LazyLock;

use tl::{enums, functions, types};

use crate::data::{Versioned, hex_colors, rows};
use crate::{Context, RpcError};

/// Red, orange, violet, green, cyan, blue, pink: every client has these built in, by number.
const BUILT_IN: std::ops::RangeInclusive<i32> = 0..=6;

static COLORS: LazyLock<Versioned<Vec<enums::help::PeerColorOption>>> = LazyLock::new(|| {
    Versioned::new(include_str!("../../../data/colors.tsv"), |text| {
        BUILT_IN.map(|color_id| option(color_id, None, None)).chain(rows(text).map(striped)).collect()
    })
});

/// The list, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetPeerColors,
) -> Result<enums::help::PeerColors, RpcError> {
    if request.hash == COLORS.hash {
        return Ok(enums::help::PeerColors::NotModified);
    }
    Ok(types::help::PeerColors { hash: COLORS.hash, colors: COLORS.value.clone() }.into())
}

/// Two or three colours that alternate.
fn striped(columns: Vec<&str>) -> enums::help::PeerColorOption {
    let number = columns.first().and_then(|number| number.parse().ok()).unwrap_or_default();
    let set = |index: usize| {
        let colors = hex_colors(columns.get(index).copied().unwrap_or_default());
        Some(types::help::PeerColorSet { colors }.into())
    };
    option(number, set(1), set(2))
}

/// One colour to choose; without a set, the one the client has built in under this number.
pub(super) fn option(
    color_id: i32,
    colors: Option<enums::help::PeerColorSet>,
    dark_colors: Option<enums::help::PeerColorSet>,
) -> enums::help::PeerColorOption {
    types::help::PeerColorOption {
        hidden: false,
        color_id,
        colors,
        dark_colors,
        channel_min_level: None,
        group_min_level: None,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_once_and_has_its_colours() {
        assert_eq!(COLORS.value.len(), 21);
        for (number, enums::help::PeerColorOption::Option(option)) in (0..).zip(&COLORS.value) {
            assert_eq!(option.color_id, number);
            let wanted = match number {
                0..=6 => 0,
                7..=13 => 2,
                _ => 3,
            };
            for set in [&option.colors, &option.dark_colors] {
                let got = match set {
                    Some(enums::help::PeerColorSet::Set(set)) => set.colors.len(),
                    None => 0,
                    Some(other) => panic!("colours of a name, not {other:?}"),
                };
                assert_eq!(got, wanted, "{number}");
            }
        }
    }
}
