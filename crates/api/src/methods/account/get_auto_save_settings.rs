//! `account.getAutoSaveSettings`: what the person's devices save to their gallery by themselves.

use platform::people::preferences::AutoSave;
use tl::{enums, functions, types};

use crate::views::peer::peer;
use crate::views::peers::Peers;
use crate::{Context, RpcError};

/// For people, groups and channels, and for each peer that differs.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetAutoSaveSettings,
) -> Result<enums::account::AutoSaveSettings, RpcError> {
    let user = cx.user()?;
    let [people, groups, broadcasts] = cx.platform().auto_saves(user).await?;
    let found = cx.platform().auto_save_exceptions(user).await?;
    let mut peers = Peers::default();
    found.iter().for_each(|(of, _)| peers.add(*of));
    let exception =
        |(of, settings): &(_, AutoSave)| types::AutoSaveException { peer: peer(*of), settings: view(settings) }.into();
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    Ok(types::account::AutoSaveSettings {
        users_settings: view(&people),
        chats_settings: view(&groups),
        broadcasts_settings: view(&broadcasts),
        exceptions: found.iter().map(exception).collect(),
        chats,
        users,
    }
    .into())
}

fn view(set: &AutoSave) -> enums::AutoSaveSettings {
    types::AutoSaveSettings { photos: set.photos, videos: set.videos, video_max_size: set.video_max_size }.into()
}
