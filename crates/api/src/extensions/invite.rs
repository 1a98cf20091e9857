//! `invite.*`: the invites that people give one another.

use platform::people::own_invite::OwnInvite;
use serde::{Deserialize, Serialize};

use super::Nothing;
use crate::{Context, RpcError};

/// The caller's invite.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Own {
    code: String,
    link: String,
    uses_left: u32,
    used: u32,
}

fn own(cx: &Context<'_>, invite: OwnInvite) -> Own {
    let link = format!("{}invite/{}", cx.api.settings().base_url, invite.code);
    Own { link, code: invite.code, uses_left: invite.uses_left, used: invite.used }
}

/// `invite.mine`.
pub(super) async fn mine(cx: &Context<'_>, _: Nothing) -> Result<Own, RpcError> {
    Ok(own(cx, cx.platform().own_invite(cx.user()?).await?))
}

/// `invite.renew`.
pub(super) async fn renew(cx: &Context<'_>, _: Nothing) -> Result<Own, RpcError> {
    Ok(own(cx, cx.platform().renew_invite(cx.user()?).await?))
}

/// An invite as somebody got it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    code: String,
}

/// What may be known of it before coming in.
#[derive(Serialize)]
pub(super) struct Shown {
    usable: bool,
    by: Option<String>,
}

/// `invite.show`.
pub(super) async fn show(cx: &Context<'_>, given: Given) -> Result<Shown, RpcError> {
    let shown = cx.platform().show_invite(&given.code, cx.caller.ip).await?;
    Ok(Shown { usable: shown.usable, by: shown.by })
}
