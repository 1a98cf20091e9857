//! `account.resetPassword`: whoever forgot the second password waits a week on a device that is signed in.

use platform::people::password::reset::Reset;
use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Begins the wait, tells how long it still is, or ends it.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::ResetPassword,
) -> Result<enums::account::ResetPasswordResult, RpcError> {
    Ok(match cx.platform().reset_password(cx.user()?).await? {
        Reset::Done => enums::account::ResetPasswordResult::ResetPasswordOk,
        Reset::WaitUntil(until_date) => types::account::ResetPasswordRequestedWait { until_date }.into(),
        Reset::DeclinedUntil(retry_date) => types::account::ResetPasswordFailedWait { retry_date }.into(),
    })
}
