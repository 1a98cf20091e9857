//! `account.getWallPaper`: one background.

use tl::{enums, functions};

use super::get_wall_papers::by_id;
use crate::{Context, RpcError};

/// One of those on offer; people's own come with their own issue.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::account::GetWallPaper,
) -> Result<enums::WallPaper, RpcError> {
    let id = match request.wallpaper {
        enums::InputWallPaper::NoFile(named) => Some(named.id),
        enums::InputWallPaper::Paper(named) => Some(named.id),
        enums::InputWallPaper::Slug(_) => None,
    };
    id.and_then(by_id).ok_or(RpcError::new(400, "WALLPAPER_INVALID"))
}
