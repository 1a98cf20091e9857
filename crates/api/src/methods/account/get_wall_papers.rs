//! `account.getWallPapers`: backgrounds for chats: colours that run into each other, without pictures.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Number, angle in degrees, whether it is dark, and two to four colours.
const FILLS: [(i64, i32, bool, &[i32]); 8] = [
    (1, 0, false, &[0xd9e6c3, 0xb9d2a0, 0xe9e3b4, 0xa6c79a]),
    (2, 45, false, &[0xf3d9c4, 0xeab595, 0xf7e6cf, 0xdf9f7d]),
    (3, 0, false, &[0xcfe0f2, 0xa4c4e6, 0xe4eef8, 0x8fb3dc]),
    (4, 45, false, &[0xe7d7f0, 0xcbb0de, 0xf3e8f8, 0xb898d2]),
    (5, 135, false, &[0xf6f3ea, 0xe3dccb]),
    (6, 0, true, &[0x26323b, 0x1a242b, 0x32414c, 0x141c22]),
    (7, 45, true, &[0x33283e, 0x231b2c, 0x42344f, 0x1a1421]),
    (8, 135, true, &[0x24332a, 0x17231c]),
];
/// Changes when the list does. Never 0, which clients send when they have nothing.
const HASH: i64 = 1;

/// The list, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::account::GetWallPapers,
) -> Result<enums::account::WallPapers, RpcError> {
    if request.hash == HASH {
        return Ok(enums::account::WallPapers::NotModified);
    }
    let wallpapers = FILLS.iter().map(|row| fill(*row)).collect();
    Ok(types::account::WallPapers { hash: HASH, wallpapers }.into())
}

/// The background with this number.
pub(super) fn by_id(id: i64) -> Option<enums::WallPaper> {
    FILLS.iter().find(|row| row.0 == id).map(|row| fill(*row))
}

fn fill((id, rotation, dark, colors): (i64, i32, bool, &[i32])) -> enums::WallPaper {
    let color = |index: usize| colors.get(index).copied();
    let settings = types::WallPaperSettings {
        blur: false,
        motion: false,
        background_color: color(0),
        second_background_color: color(1),
        third_background_color: color(2),
        fourth_background_color: color(3),
        intensity: None,
        // One flag bit stands for it and the second colour.
        rotation: Some(rotation),
        emoticon: None,
    };
    types::WallPaperNoFile { id, default: id == 1, dark, settings: Some(settings.into()) }.into()
}
