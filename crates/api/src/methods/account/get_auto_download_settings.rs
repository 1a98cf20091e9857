//! `account.getAutoDownloadSettings`: what the person's devices download by themselves, on each kind of network.

use platform::people::preferences::AutoDownload;
use tl::{enums, functions, types};

use crate::{Context, RpcError};

const MIB: i64 = 1024 * 1024;

/// As set, or as recommended: little while roaming, photos and short videos otherwise.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetAutoDownloadSettings,
) -> Result<enums::account::AutoDownloadSettings, RpcError> {
    let set = cx.platform().auto_downloads(cx.user()?).await?;
    Ok(types::account::AutoDownloadSettings {
        low: view(set.low.unwrap_or_else(|| recommended(1, 0, 0))),
        medium: view(set.medium.unwrap_or_else(|| recommended(2, 10, 1))),
        high: view(set.high.unwrap_or_else(|| recommended(2, 15, 3))),
    }
    .into())
}

/// Sizes in MiB.
fn recommended(photo: i64, video: i64, file: i64) -> AutoDownload {
    AutoDownload {
        disabled: false,
        video_preload_large: video > 0,
        audio_preload_next: video > 0,
        phonecalls_less_data: video == 0,
        stories_preload: video > 0,
        photo_size_max: i32::try_from(photo * MIB).unwrap_or(i32::MAX),
        video_size_max: video * MIB,
        file_size_max: file * MIB,
        video_upload_maxbitrate: if video > 0 { 100 } else { 50 },
        small_queue_active_operations_max: 5,
        large_queue_active_operations_max: 2,
    }
}

fn view(set: AutoDownload) -> enums::AutoDownloadSettings {
    types::AutoDownloadSettings {
        disabled: set.disabled,
        video_preload_large: set.video_preload_large,
        audio_preload_next: set.audio_preload_next,
        phonecalls_less_data: set.phonecalls_less_data,
        stories_preload: set.stories_preload,
        photo_size_max: set.photo_size_max,
        video_size_max: set.video_size_max,
        file_size_max: set.file_size_max,
        video_upload_maxbitrate: set.video_upload_maxbitrate,
        small_queue_active_operations_max: set.small_queue_active_operations_max,
        large_queue_active_operations_max: set.large_queue_active_operations_max,
    }
    .into()
}
