//! `account.sendChangePhoneCode`: proves that the caller holds the number they want to move to.

use tl::{enums, functions};

use crate::methods::auth::sent_code_view;
use crate::{Context, RpcError};

/// The code goes to the new number, never to the caller's devices.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::SendChangePhoneCode,
) -> Result<enums::auth::SentCode, RpcError> {
    let sent = cx.platform().send_change_phone_code(cx.user()?, &request.phone_number, cx.caller.ip).await?;
    Ok(sent_code_view(cx, sent))
}
