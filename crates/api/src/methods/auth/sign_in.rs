//! `auth.signIn`: the code; or, for a number that nobody has, an invite in its place.

use platform::people::sign_in::SignedIn;
use tl::{enums, functions, types};

use super::{at_home, authorization_view, permanent_key};
use crate::{Context, RpcError};

/// Signs in, or says that the number has to sign up first. E-mail codes come with e-mail.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::SignIn,
) -> Result<enums::auth::Authorization, RpcError> {
    at_home(cx)?;
    let key = permanent_key(cx)?;
    let code = request.phone_code.as_deref().unwrap_or_default();
    let signed_in =
        cx.platform().sign_in(key, &request.phone_number, &request.phone_code_hash, code, cx.caller.ip).await?;
    match signed_in {
        SignedIn::Person(user_id) => authorization_view(cx, user_id).await,
        SignedIn::SignUpRequired => Ok(sign_up_required(cx)),
    }
}

fn sign_up_required(cx: &Context<'_>) -> enums::auth::Authorization {
    let name = &cx.api.settings().name;
    let text = format!(
        "{name} is run by its operator, not by a company. Be decent to each other; you can take everything you write \
         here with you when you leave."
    );
    let terms = types::help::TermsOfService {
        popup: false,
        id: types::DataJson { data: "{}".to_owned() }.into(),
        text,
        entities: Vec::new(),
        min_age_confirm: None,
    };
    types::auth::AuthorizationSignUpRequired { terms_of_service: Some(terms.into()) }.into()
}
