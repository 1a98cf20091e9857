//! `contacts.deleteContacts`: out of the address book.

use tl::{enums, functions};

use super::bar_updates;
use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Those who are not in it are no error.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::DeleteContacts,
) -> Result<enums::Updates, RpcError> {
    if request.id.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let ids = cx.known_input_users(&request.id).await?;
    cx.platform().delete_contacts(cx.user()?, &ids, Some(cx.caller.key.id)).await?;
    bar_updates(cx, &ids).await
}
