//! `account.setGlobalPrivacySettings`: privacy beyond single rules.

use tl::{enums, functions};

use super::global_privacy_view;
use crate::{Context, RpcError};

/// What asks for money or a subscription is not taken: there is neither.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::SetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    let enums::GlobalPrivacySettings::Settings(wanted) = request.settings;
    if wanted.new_noncontact_peers_require_premium || wanted.noncontact_peers_paid_stars.is_some_and(|stars| stars > 0)
    {
        return Err(RpcError::new(403, "PREMIUM_ACCOUNT_REQUIRED"));
    }
    let switches = cx
        .platform()
        .set_switches(cx.user()?, |switches| {
            switches.archive_and_mute_strangers = Some(wanted.archive_and_mute_new_noncontact_peers);
            switches.keep_archived_unmuted = Some(wanted.keep_archived_unmuted);
            switches.keep_archived_folders = Some(wanted.keep_archived_folders);
            switches.hide_read_marks = Some(wanted.hide_read_marks);
        })
        .await?;
    Ok(global_privacy_view(&switches))
}
