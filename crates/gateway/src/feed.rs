//! What the hub reads of the API.

use api::{Api, RpcError};
pub(crate) use api::{PushBatch, PushItem};
use platform::UserId;
pub(crate) use platform::mailbox::Cursor;

/// Where a person's pump begins.
pub(crate) async fn cursor(api: &Api, user: UserId) -> Result<Cursor, RpcError> {
    api.cursor(user).await
}

/// What their devices are told after a cursor.
pub(crate) async fn push_since(api: &Api, user: UserId, from: Cursor) -> Result<PushBatch, RpcError> {
    api.push_since(user, from).await
}

/// News that is not stored, as this person may see it.
pub(crate) async fn render_ephemeral(api: &Api, user: UserId, payload: &[u8]) -> Option<Vec<u8>> {
    api.render_ephemeral(user, payload).await
}
