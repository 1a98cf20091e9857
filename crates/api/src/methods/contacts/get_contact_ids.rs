//! `contacts.getContactIDs`: a relic that knows 32-bit ids only.

use tl::functions;

use crate::{Context, RpcError};

/// Contacts whose ids fit.
pub async fn handle(cx: &Context<'_>, _request: functions::contacts::GetContactIds) -> Result<Vec<i32>, RpcError> {
    let book = cx.platform().contacts(cx.user()?).await?;
    Ok(book.iter().filter_map(|(id, _)| i32::try_from(id.0).ok()).collect())
}
