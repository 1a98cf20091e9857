//! `account.deleteAccount`: the account and what it stored about itself and others goes; its names are free.

use platform::people::password::check::Proof;
use tl::functions;

use crate::password::{proof, prover};
use crate::{Context, RpcError};

/// Every device is signed out. Where there is a second password, nobody deletes the account without it.
pub async fn handle(cx: &Context<'_>, request: functions::account::DeleteAccount) -> Result<bool, RpcError> {
    let user = cx.user()?;
    let proof = request.password.map_or(Proof::Empty, proof);
    cx.platform().check_password(prover(cx, user), &proof).await?;
    cx.platform().delete_account(user).await?;
    Ok(true)
}
