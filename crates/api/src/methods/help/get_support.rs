//! `help.getSupport`: whom to ask for help.

use platform::SERVICE_USER_ID;
use platform::product::SERVICE_PHONE;
use tl::{enums, functions, types};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// The service account, which everybody already has in their list of chats.
pub async fn handle(cx: &Context<'_>, _request: functions::help::GetSupport) -> Result<enums::help::Support, RpcError> {
    let user = one_user(cx.platform(), cx.user()?, SERVICE_USER_ID).await?;
    Ok(types::help::Support { phone_number: SERVICE_PHONE.to_owned(), user }.into())
}
