//! `admin.*`: administrators' orders, from a device on which they proved to be there a short while ago. What an order may
//! be is known to whoever carries it out ([`crate::Administration`]).

use platform::people::password::check::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SrpAnswer;
use crate::password::prover;
use crate::{Context, RpcError};

/// Who asks, proved by their password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entering {
    password: SrpAnswer,
}

/// How long orders are taken.
#[derive(Serialize)]
pub(super) struct Entered {
    until: i32,
}

/// `admin.enter`.
pub(super) async fn enter(cx: &Context<'_>, entering: Entering) -> Result<Entered, RpcError> {
    let (id, public, proof) = entering.password.parts()?;
    let proof = Proof::Srp { id, public, proof };
    let until = cx.platform().enter_administration(prover(cx, cx.user()?), &proof).await?;
    Ok(Entered { until })
}

/// An order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ordered {
    order: Value,
}

/// `admin.order`.
pub(super) async fn order(cx: &Context<'_>, ordered: Ordered) -> Result<Value, RpcError> {
    let by = cx.platform().steward(cx.user()?, &cx.caller.key).await?;
    let administration = cx.api.administration().ok_or(RpcError::METHOD_INVALID)?;
    administration.order(by, ordered.order).await
}
