//! `help.getTimezonesList`: time zones to choose from for opening hours.

use std::sync::LazyLock;

use tl::{enums, functions, types};

use crate::data::{Versioned, rows};
use crate::{Context, RpcError};

const SECONDS_PER_MINUTE: i32 = 60;

static ZONES: LazyLock<Versioned<Vec<enums::Timezone>>> = LazyLock::new(|| {
    Versioned::new(include_str!("../../../data/timezones.tsv"), |text| rows(text).map(zone).collect())
});

/// The list, unless the client has it. Offsets are of standard time.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetTimezonesList,
) -> Result<enums::help::TimezonesList, RpcError> {
    if request.hash == ZONES.hash {
        return Ok(enums::help::TimezonesList::NotModified);
    }
    Ok(types::help::TimezonesList { timezones: ZONES.value.clone(), hash: ZONES.hash }.into())
}

fn zone(columns: Vec<&str>) -> enums::Timezone {
    let column = |index: usize| columns.get(index).copied().unwrap_or_default();
    let utc_offset = column(2).parse::<i32>().unwrap_or_default() * SECONDS_PER_MINUTE;
    types::Timezone { id: column(0).to_owned(), name: column(1).to_owned(), utc_offset }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole() {
        for enums::Timezone::Timezone(zone) in &ZONES.value {
            let real = (-12 * 3600..=14 * 3600).contains(&zone.utc_offset);
            assert!(
                !zone.name.is_empty() && real && (zone.utc_offset != 0 || zone.utc_offset % 900 == 0),
                "{}",
                zone.id
            );
        }
        assert!(ZONES.value.len() > 100);
    }
}
