//! `contacts.getSaved`: numbers of people who are not here.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// None are kept: an address book of strangers is not the server's business.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::contacts::GetSaved,
) -> Result<Vec<enums::SavedContact>, RpcError> {
    cx.user()?;
    Ok(Vec::new())
}
