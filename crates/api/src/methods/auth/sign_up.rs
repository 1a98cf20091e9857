//! `auth.signUp`: a name for a number whose code was right. Clients call it themselves: Telethon's helper for it always
//! raises (protocol-checks 23), the method does not.

use tl::{enums, functions};

use super::{at_home, authorization_view, permanent_key};
use crate::{Context, RpcError};

/// Makes the account and signs the device in.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::SignUp,
) -> Result<enums::auth::Authorization, RpcError> {
    at_home(cx)?;
    let key = permanent_key(cx)?;
    let names = (request.first_name.as_str(), request.last_name.as_str());
    let user_id =
        cx.platform().sign_up(key, &request.phone_number, &request.phone_code_hash, names, cx.caller.ip).await?;
    authorization_view(cx, user_id).await
}
