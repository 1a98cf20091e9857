//! `account.*`: one's own account, its settings and its devices.

pub mod cancel_password_email;
pub mod change_authorization_settings;
pub mod change_phone;
pub mod check_username;
pub mod confirm_password_email;
pub mod decline_password_reset;
pub mod delete_account;
pub mod delete_auto_save_exceptions;
pub mod get_account_ttl;
pub mod get_authorizations;
pub mod get_auto_download_settings;
pub mod get_auto_save_settings;
pub mod get_contact_sign_up_notification;
pub mod get_content_settings;
pub mod get_global_privacy_settings;
pub mod get_notify_exceptions;
pub mod get_notify_settings;
pub mod get_password;
pub mod get_password_settings;
pub mod get_privacy;
pub mod get_reactions_notify_settings;
pub mod get_tmp_password;
pub mod get_wall_paper;
pub mod get_wall_papers;
pub mod invalidate_sign_in_codes;
pub mod register_device;
pub mod report_peer;
pub mod report_profile_photo;
pub mod resend_password_email;
pub mod reset_authorization;
pub mod reset_notify_settings;
pub mod reset_password;
pub mod save_auto_download_settings;
pub mod save_auto_save_settings;
pub mod send_change_phone_code;
pub mod set_account_ttl;
pub mod set_authorization_ttl;
pub mod set_contact_sign_up_notification;
pub mod set_content_settings;
pub mod set_global_privacy_settings;
pub mod set_privacy;
pub mod set_reactions_notify_settings;
pub mod unregister_device;
pub mod update_birthday;
pub mod update_device_locked;
pub mod update_notify_settings;
pub mod update_password_settings;
pub mod update_profile;
pub mod update_status;
pub mod update_username;

use platform::people::settings::{NotifyScope, Switches};
use tl::{enums, types};

use crate::{Context, RpcError};

/// What notification settings are asked about. Topics share their chat's.
async fn notify_scope(cx: &Context<'_>, peer: &enums::InputNotifyPeer) -> Result<NotifyScope, RpcError> {
    Ok(match peer {
        enums::InputNotifyPeer::Peer(of) => NotifyScope::Peer(cx.input_peer(&of.peer).await?),
        enums::InputNotifyPeer::InputNotifyForumTopic(of) => NotifyScope::Peer(cx.input_peer(&of.peer).await?),
        enums::InputNotifyPeer::InputNotifyUsers => NotifyScope::Users,
        enums::InputNotifyPeer::InputNotifyChats => NotifyScope::Chats,
        enums::InputNotifyPeer::InputNotifyBroadcasts => NotifyScope::Broadcasts,
        enums::InputNotifyPeer::InputNotifyCommunity(_) => return Err(RpcError::CHANNEL_INVALID),
    })
}

/// `globalPrivacySettings` as set.
fn global_privacy_view(switches: &Switches) -> enums::GlobalPrivacySettings {
    types::GlobalPrivacySettings {
        archive_and_mute_new_noncontact_peers: switches.archive_and_mute_strangers.unwrap_or(false),
        keep_archived_unmuted: switches.keep_archived_unmuted.unwrap_or(false),
        keep_archived_folders: switches.keep_archived_folders.unwrap_or(false),
        hide_read_marks: switches.hide_read_marks.unwrap_or(false),
        new_noncontact_peers_require_premium: false,
        display_gifts_button: false,
        noncontact_peers_paid_stars: None,
        disallowed_gifts: None,
    }
    .into()
}
