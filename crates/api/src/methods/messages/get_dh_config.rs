//! `messages.getDhConfig`: the group of secret chats and calls, and randomness for them.

use tl::{enums, functions, types};

use crate::limits::DH_RANDOM_MAX_BYTES;
use crate::{Context, RpcError};

/// The version of the group: it is the published one and will not change.
const VERSION: i32 = 1;

/// Only the randomness for a client that has this version.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::messages::GetDhConfig,
) -> Result<enums::messages::DhConfig, RpcError> {
    let length = usize::try_from(request.random_length).ok().filter(|length| *length <= DH_RANDOM_MAX_BYTES);
    let mut random = vec![0; length.ok_or(RpcError::new(400, "RANDOM_LENGTH_INVALID"))?];
    cx.platform().runtime().fill_random(&mut random);
    if request.version == VERSION {
        return Ok(types::messages::DhConfigNotModified { random }.into());
    }
    let (g, p) = (i32::from(crypto::GENERATOR), crypto::DH_PRIME.to_vec());
    Ok(types::messages::DhConfig { g, p, version: VERSION, random }.into())
}
