//! What the hub reads of the API.

use api::{Api, RpcError};
use platform::{AuthKeyId, UserId};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor;

pub(crate) struct PushItem {
    pub(crate) origin: Option<AuthKeyId>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct PushBatch {
    pub(crate) next: Cursor,
    pub(crate) items: Vec<PushItem>,
    pub(crate) too_long: bool,
}

pub(crate) async fn cursor(_api: &Api, _user: UserId) -> Result<Cursor, RpcError> {
    Ok(Cursor)
}

pub(crate) async fn push_since(_api: &Api, _user: UserId, _from: Cursor) -> Result<PushBatch, RpcError> {
    Ok(PushBatch { next: Cursor, items: Vec::new(), too_long: false })
}

pub(crate) async fn render_ephemeral(_api: &Api, _user: UserId, _payload: &[u8]) -> Option<Vec<u8>> {
    None
}
