//! `updates` that carry no pts: what a method changed, for the device that changed it.

use platform::{Platform, PlatformError, UserId};
use tl::{enums, types};

use super::user::users;

/// These updates with the people they name; nothing to catch up on.
///
/// # Errors
/// Trouble of the store.
pub async fn plain_updates(
    platform: &Platform,
    viewer: UserId,
    updates: Vec<enums::Update>,
    named: &[UserId],
) -> Result<enums::Updates, PlatformError> {
    let users = users(platform, viewer, named).await?;
    Ok(types::Updates { updates, users, chats: Vec::new(), date: platform.now(), seq: 0 }.into())
}
