//! `auth.*`: keys, codes, signing in and out.

pub mod accept_login_token;
pub mod bind_temp_auth_key;
pub mod cancel_code;
pub mod check_password;
pub mod check_recovery_password;
pub mod drop_temp_auth_keys;
pub mod export_authorization;
pub mod export_login_token;
pub mod import_authorization;
pub mod import_bot_authorization;
pub mod import_login_token;
pub mod log_out;
pub mod recover_password;
pub mod report_missing_code;
pub mod request_password_recovery;
pub mod resend_code;
pub mod reset_authorizations;
pub mod send_code;
pub mod sign_in;
pub mod sign_up;

use std::sync::Arc;

use platform::people::codes::{CodeVia, SentCode};
use platform::{AuthKeyKind, AuthKeyState, UserId};
use tl::{enums, types};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// The key that somebody can be signed in with: a permanent one (a bound temporary one acts for it).
pub(crate) fn permanent_key<'a>(cx: &'a Context<'_>) -> Result<&'a Arc<AuthKeyState>, RpcError> {
    match cx.caller.key.kind {
        AuthKeyKind::Permanent => Ok(&cx.caller.key),
        AuthKeyKind::Temporary { .. } => Err(RpcError::AUTH_KEY_PERM_EMPTY),
    }
}

/// Sends a client that dialled another DC home: accounts live in one (protocol-checks 21).
pub(crate) fn at_home(cx: &Context<'_>) -> Result<(), RpcError> {
    if cx.api.is_home(cx.caller.dialled_dc) {
        return Ok(());
    }
    Err(RpcError::migrate("PHONE", cx.api.settings().dc_id))
}

/// `auth.sentCode`.
pub(crate) fn sent_code_view(cx: &Context<'_>, sent: SentCode) -> enums::auth::SentCode {
    let length = i32::try_from(sent.length).unwrap_or(i32::MAX);
    let r#type = match sent.via {
        CodeVia::App => types::auth::SentCodeTypeApp { length }.into(),
        CodeVia::Delivery => types::auth::SentCodeTypeSms { length }.into(),
        // Clients show a button that opens the address: there the code is shown to whoever proves whose number it is.
        CodeVia::Door => {
            let url = format!("{}{CODE_PAGE}", cx.api.settings().base_url);
            types::auth::SentCodeTypeFragmentSms { url, length }.into()
        }
    };
    let next_type = |via| match via {
        CodeVia::Door => enums::auth::CodeType::FragmentSms,
        CodeVia::App | CodeVia::Delivery => enums::auth::CodeType::Sms,
    };
    types::auth::SentCode {
        r#type,
        phone_code_hash: sent.hash,
        next_type: sent.next.map(next_type),
        timeout: sent.next.map(|_| RESEND_AFTER_SECONDS),
    }
    .into()
}

/// Where the web client shows login codes, below the base URL.
const CODE_PAGE: &str = "app/#/code";

/// How long clients wait before they offer to send the code on the next road.
const RESEND_AFTER_SECONDS: i32 = 30;

/// `auth.authorization` for somebody who just came in.
async fn authorization_view(cx: &Context<'_>, user_id: UserId) -> Result<enums::auth::Authorization, RpcError> {
    Ok(types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user: one_user(cx.platform(), user_id, user_id).await?,
    }
    .into())
}
