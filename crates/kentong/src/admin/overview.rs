//! How the server is, at a glance.

use platform::PlatformError;

use super::office::Office;
use super::outcome::OverviewRow;
use crate::config::SignUp;

const SECONDS_PER_DAY: i32 = 86_400;

/// Looks at everything once.
pub(super) async fn overview(office: &Office) -> Result<OverviewRow, PlatformError> {
    let platform = office.platform();
    let now = platform.now();
    let usage = office.usage().await;
    let started = metrics::START_SECONDS.get();
    Ok(OverviewRow {
        name: platform::product::NAME.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        running: office.is_serving(),
        up_seconds: if started > 0 { i64::from(now).saturating_sub(started).max(0) } else { 0 },
        connections: metrics::CONNECTIONS_OPEN.get(),
        people: platform.count_people().await?,
        came_today: platform.count_arrivals(now - now.rem_euclid(SECONDS_PER_DAY)).await?,
        waiting: platform.count_pending().await? as u64,
        reported: platform.reports().await?.len() as u64,
        sign_up: SignUp::from(platform.sign_up_mode()),
        store_bytes: usage.store,
        media_bytes: usage.media,
        free_bytes: usage.free,
        read_only: metrics::STORE_READ_ONLY.get() != 0,
    })
}
