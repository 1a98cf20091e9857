//! `account.saveAutoDownloadSettings`: what the person's devices download by themselves on one kind of network.

use platform::people::preferences::{AutoDownload, Network};
use tl::{enums, functions};

use crate::{Context, RpcError};

/// Neither low nor high is what lies between.
pub async fn handle(cx: &Context<'_>, request: functions::account::SaveAutoDownloadSettings) -> Result<bool, RpcError> {
    let enums::AutoDownloadSettings::Settings(wanted) = request.settings;
    let network = match (request.low, request.high) {
        (true, _) => Network::Low,
        (false, true) => Network::High,
        (false, false) => Network::Medium,
    };
    let wanted = AutoDownload {
        disabled: wanted.disabled,
        video_preload_large: wanted.video_preload_large,
        audio_preload_next: wanted.audio_preload_next,
        phonecalls_less_data: wanted.phonecalls_less_data,
        stories_preload: wanted.stories_preload,
        photo_size_max: wanted.photo_size_max,
        video_size_max: wanted.video_size_max,
        file_size_max: wanted.file_size_max,
        video_upload_maxbitrate: wanted.video_upload_maxbitrate,
        small_queue_active_operations_max: wanted.small_queue_active_operations_max,
        large_queue_active_operations_max: wanted.large_queue_active_operations_max,
    };
    cx.platform().set_auto_download(cx.user()?, network, &wanted).await?;
    Ok(true)
}
