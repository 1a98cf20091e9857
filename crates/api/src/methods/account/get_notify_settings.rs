//! `account.getNotifySettings`: when and how a peer's messages make themselves noticed.

use platform::people::settings::{NotifyScope, NotifySettings, Sound};
use tl::{enums, functions};

use super::notify_scope;
use crate::views::notify::notify_settings;
use crate::{Context, RpcError};

/// What was not set for all people, groups or channels has a definite value; for one peer it falls back to those.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::GetNotifySettings,
) -> Result<enums::PeerNotifySettings, RpcError> {
    let user = cx.user()?;
    let scope = notify_scope(cx, &request.peer).await?;
    let settings = cx.platform().notify_settings(user, &[scope]).await?.pop().unwrap_or_default();
    Ok(notify_settings(&match scope {
        NotifyScope::Peer(_) => settings,
        _ => definite(settings),
    }))
}

fn definite(settings: NotifySettings) -> NotifySettings {
    NotifySettings {
        show_previews: settings.show_previews.or(Some(true)),
        silent: settings.silent.or(Some(false)),
        mute_until: settings.mute_until.or(Some(0)),
        sound: settings.sound.or(Some(Sound::Default)),
        ..settings
    }
}
