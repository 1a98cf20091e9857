//! What this server offers beyond the protocol: named methods with JSON objects, inside `bots.sendCustomRequest`.
//!
//! Any client library can call them, also before sign-in, over the same encrypted session as everything else: there is no
//! second way in to guard, and whoever calls is known by their auth key. docs/extensions.md is the contract. A name that is
//! not in the table is `400 METHOD_INVALID`; what is no JSON object, or not the fields that the method takes, is
//! `400 DATA_JSON_INVALID`; every other error is the one that the protocol documents for the same matter.

mod account;
mod admin;
mod door;
mod invite;
mod server;

use std::future::Future;
use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Context, RpcError, limits};

/// An extension as the table knows it.
struct Extension {
    name: &'static str,
    /// Whether it needs no sign-in.
    anyone: bool,
    invoke: Invoke,
}

/// Reads the fields, lets the handler answer, writes the answer.
type Invoke = for<'a> fn(&'a Context<'a>, Value) -> Pin<Box<dyn Future<Output = Result<String, RpcError>> + Send + 'a>>;

macro_rules! flag {
    () => {
        false
    };
    (anyone) => {
        true
    };
}

macro_rules! table {
    ($($name:literal => $($handler:ident)::+ $(, $anyone:ident)?;)*) => {
        /// Every extension.
        static EXTENSIONS: &[Extension] = &[$(Extension {
            name: $name,
            anyone: flag!($($anyone)?),
            invoke: |cx, params| Box::pin(async move {
                let answer = $($handler)::+(cx, read(params)?).await?;
                Ok(write(&answer))
            }),
        }),*];
    };
}

table! {
    "account.protection" => account::protection;
    "account.recoveryCode" => account::recovery_code;
    "admin.enter" => admin::enter;
    "admin.order" => admin::order;
    "door.challenge" => door::challenge, anyone;
    "door.code" => door::code, anyone;
    "door.mail" => door::mail, anyone;
    "door.number" => door::number, anyone;
    "door.password" => door::password, anyone;
    "door.place" => door::place, anyone;
    "invite.mine" => invite::mine;
    "invite.renew" => invite::renew;
    "invite.show" => invite::show, anyone;
    "server.facts" => server::facts, anyone;
}

/// Answers the extension with this name.
pub(crate) async fn call(cx: &Context<'_>, name: &str, params: &str) -> Result<String, RpcError> {
    let extension = EXTENSIONS.iter().find(|extension| extension.name == name).ok_or(RpcError::METHOD_INVALID)?;
    if !extension.anyone {
        cx.user()?;
    }
    let params = parse(params)?;
    let answer = (extension.invoke)(cx, params).await;
    tracing::debug!(
        extension = extension.name,
        refused = answer.as_ref().err().map(tracing::field::display),
        "answered"
    );
    answer
}

/// The fields of a method without any.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// An answer of a method that has nothing to say.
#[derive(serde::Serialize)]
struct Done {}

/// A client's answer to a password check, as JSON carries it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SrpAnswer {
    srp_id: String,
    a: String,
    m1: String,
}

impl SrpAnswer {
    /// Which challenge, `A`, `M1`.
    fn parts(&self) -> Result<(i64, Vec<u8>, Vec<u8>), RpcError> {
        let id = self.srp_id.parse().map_err(|_| RpcError::DATA_JSON_INVALID)?;
        Ok((id, bytes(&self.a)?, bytes(&self.m1)?))
    }
}

/// Bytes of a field in base64url.
fn bytes(field: &str) -> Result<Vec<u8>, RpcError> {
    URL_SAFE_NO_PAD.decode(field.trim_end_matches('=')).map_err(|_| RpcError::DATA_JSON_INVALID)
}

/// A field in base64url.
fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The object that a client sent. Depth is bounded by the parser, size here.
fn parse(params: &str) -> Result<Value, RpcError> {
    if params.len() > limits::EXTENSION_PARAMS_MAX_BYTES {
        return Err(RpcError::DATA_JSON_INVALID);
    }
    let value: Value = serde_json::from_str(params).map_err(|_| RpcError::DATA_JSON_INVALID)?;
    if value.is_object() { Ok(value) } else { Err(RpcError::DATA_JSON_INVALID) }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, RpcError> {
    serde_json::from_value(params).map_err(|_| RpcError::DATA_JSON_INVALID)
}

fn write(answer: &impl serde::Serialize) -> String {
    serde_json::to_string(answer).expect("answers have string keys and finite numbers")
}
