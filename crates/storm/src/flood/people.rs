//! People who are known, what they come back with, and how they come back.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use crypto::{SystemEntropy, random_array};
use mtproto::client::seal_binding;
use mtproto::envelope::{AuthKey, Binding};
use tl::{Serializable, enums, functions, types};

use super::client::{Client, Event, Wire, error_of, introduced, parse};
use super::limits;
use super::place::Place;
use super::seeds;
use crate::client::CallError;
use crate::session::Identity;

/// Somebody who is signed in.
pub struct Person {
    /// Their client.
    pub client: Client,
    /// Their keys, for coming back.
    pub keys: Keys,
    /// Their phone.
    pub phone: String,
}

/// What somebody comes back with.
#[derive(Clone)]
pub struct Keys {
    /// The permanent key.
    pub permanent: Identity,
    /// The temporary key it is bound to, for those who use one.
    pub temporary: Option<Identity>,
    /// Where they come from.
    pub source: Option<Ipv4Addr>,
}

/// Why somebody did not come in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The server asks to come back after so long.
    #[error("FLOOD_WAIT of {} s", .0.as_secs())]
    Wait(Duration),
    /// Another error of the server's.
    #[error("the server answers {0}")]
    Answer(CallError),
    /// A connection that was not taken, closed or fell silent.
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        error.flood_wait().map_or(Self::Answer(error), Self::Wait)
    }
}

/// Nobody listens to pushes yet.
pub(super) fn unheard(_: &[u8]) {}

impl Keys {
    /// The key that is spoken under.
    #[must_use]
    pub fn spoken(&self) -> &Identity {
        self.temporary.as_ref().unwrap_or(&self.permanent)
    }
}

/// `auth.bindTempAuthKey`.
pub(super) async fn bind(client: &Client, permanent: &Identity) -> Result<(), Refusal> {
    let nonce = i64::from_le_bytes(random_array(&mut SystemEntropy));
    let lasts_until = permanent.server_seconds() + i64::from(limits::TEMPORARY_KEY_SECONDS);
    let expires_at = i32::try_from(lasts_until).context("a time of this century")?;
    let temp_auth_key_id = client.key_id();
    let number = client.send_with(|msg_id, temp_session_id| {
        let perm_auth_key_id = permanent.key().id();
        let binding = Binding { msg_id, nonce, temp_auth_key_id, perm_auth_key_id, temp_session_id, expires_at };
        let encrypted_message = seal_binding(permanent.key(), &binding, &mut SystemEntropy);
        let call = functions::auth::BindTempAuthKey { perm_auth_key_id, nonce, expires_at, encrypted_message };
        call.to_bytes().into()
    })?;
    checked(client, number).await
}

async fn answer(client: &Client, number: i64) -> Result<Bytes> {
    tokio::time::timeout(limits::ANSWER_TIMEOUT, client.answer_to(number, &mut unheard)).await.context("no answer")?
}

/// Waits for an answer and passes over what it says, unless it is an error.
pub(super) async fn checked(client: &Client, number: i64) -> Result<(), Refusal> {
    let answer = answer(client, number).await?;
    error_of(&answer).map_or(Ok(()), |error| Err(error.into()))
}

/// Waits for several answers, in whichever order they come.
pub(super) async fn all_answered(client: &Client, numbers: &[i64]) -> Result<(), Refusal> {
    let mut left = numbers.to_vec();
    while !left.is_empty() {
        let next = tokio::time::timeout(limits::ANSWER_TIMEOUT, client.next()).await.context("no answer")??;
        let Event::Answer(number, body) = next else { continue };
        if let Some(error) = error_of(&body) {
            return Err(error.into());
        }
        left.retain(|waiting| *waiting != number);
    }
    Ok(())
}

/// Somebody of a population written beforehand, who comes back. With a temporary key where the
/// population has one for them.
///
/// # Errors
/// When the server does not know them.
pub async fn known(place: &Place, number: u32, temporary: f64) -> Result<Person> {
    let identity = |kind| Identity::from(AuthKey::from_bytes(&seeds::key(number, kind)));
    let temporary = seeds::is_among(number, temporary).then(|| identity(seeds::Kind::Temporary));
    let keys = Keys { permanent: identity(seeds::Kind::Permanent), temporary, source: place.source() };
    let client = resume(place, &keys).await.with_context(|| format!("person {number} of the population"))?;
    Ok(Person { client, keys, phone: seeds::phone(number) })
}

/// Another person as this one calls them.
///
/// # Errors
/// When they are not found.
pub async fn find(client: &Client, phone: &str) -> Result<enums::InputPeer> {
    let request = functions::contacts::ResolvePhone { phone: phone.to_owned() };
    let enums::contacts::ResolvedPeer::Peer(found) = client.call(&request, &mut unheard).await??;
    match found.users.into_iter().next() {
        Some(enums::User::User(types::User { id: user_id, access_hash: Some(access_hash), .. })) => {
            Ok(types::InputPeerUser { user_id, access_hash }.into())
        }
        _ => bail!("{phone} is not found"),
    }
}

/// Comes back with the keys made before: a connection, and the session's first call.
///
/// # Errors
/// [`Refusal`].
pub async fn resume(place: &Place, keys: &Keys) -> Result<Client, Refusal> {
    let wire = Wire::dial(place, keys.source).await?;
    let client = Client::new(wire, keys.spoken().clone());
    let number = client.send(introduced(&functions::updates::GetState {}))?;
    parse::<enums::updates::State>(answer(&client, number).await?)?;
    Ok(client)
}
