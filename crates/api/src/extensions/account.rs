//! `account.*`: what protects an account, beyond what the protocol has methods for.

use platform::people::password::check::Proof;
use serde::{Deserialize, Serialize};

use super::{Nothing, SrpAnswer};
use crate::password::prover;
use crate::{Context, RpcError};

/// What protects the caller's account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Protection {
    door_number: bool,
    password: bool,
    recovery_code: bool,
    recovery_made_at: Option<i32>,
    /// Made unrecognisable.
    mail: Option<String>,
    /// Whether the caller is trusted with the server.
    administrator: bool,
}

/// `account.protection`.
pub(super) async fn protection(cx: &Context<'_>, _: Nothing) -> Result<Protection, RpcError> {
    let user_id = cx.user()?;
    let protection = cx.platform().protection(user_id).await?;
    let person = cx.platform().person(user_id).await?;
    Ok(Protection {
        door_number: protection.door_number,
        password: protection.password,
        recovery_code: protection.recovery_made_at.is_some(),
        recovery_made_at: protection.recovery_made_at,
        mail: protection.mail,
        administrator: person.is_some_and(|person| person.profile.is_admin),
    })
}

/// The password, where one is set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proved {
    password: Option<SrpAnswer>,
}

/// A code to keep: nobody sees it again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    recovery_code: String,
}

/// `account.recoveryCode`.
pub(super) async fn recovery_code(cx: &Context<'_>, proved: Proved) -> Result<Kept, RpcError> {
    let proof = match proved.password {
        Some(answer) => {
            let (id, public, proof) = answer.parts()?;
            Proof::Srp { id, public, proof }
        }
        None => Proof::Empty,
    };
    let recovery_code = cx.platform().make_recovery_code(prover(cx, cx.user()?), &proof).await?;
    Ok(Kept { recovery_code })
}
