//! `auth.checkPassword`: the second password, after the code.

use tl::{enums, functions};

use super::{authorization_view, permanent_key};
use crate::password::{proof, prover};
use crate::{Context, RpcError};

/// Signs in; for a device that is signed in already it is a check and no more.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let (key, proof) = (permanent_key(cx)?, proof(request.password));
    let user = match cx.user {
        Some(user) => {
            cx.platform().check_password(prover(cx, user), &proof).await?;
            user
        }
        None => cx.platform().sign_in_with_password(key, cx.caller.ip, &proof).await?,
    };
    authorization_view(cx, user).await
}
