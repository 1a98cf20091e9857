//! Coming in: a key, a code, an account, the first dialogs, in the order in which an app asks for them.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use crypto::{SystemEntropy, random_array};
use mtproto::client::seal_binding;
use mtproto::envelope::{AuthKey, Binding};
use tl::{Serializable, enums, functions, types};
use tokio::time::sleep;

use super::client::{Client, Event, Wire, error_of, introduced, parse};
use super::limits;
use super::place::Place;
use super::seeds;
use crate::client::CallError;
use crate::requests;
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
fn unheard(_: &[u8]) {}

/// Makes the keys: a permanent one, and a temporary one bound to it for those who use one. The client has told the server
/// its layer.
///
/// # Errors
/// [`Refusal`].
pub async fn meet(place: &Place, uses_temporary: bool) -> Result<(Client, Keys), Refusal> {
    let source = place.source();
    let mut wire = Wire::dial(place, source).await?;
    let permanent = Identity::from(&wire.exchange(place, None).await?);
    let temporary = match uses_temporary {
        true => Some(Identity::from(&wire.exchange(place, Some(limits::TEMPORARY_KEY_SECONDS)).await?)),
        false => None,
    };
    let keys = Keys { permanent, temporary, source };
    let client = Client::new(wire, keys.spoken().clone());
    if keys.temporary.is_some() {
        bind(&client, &keys.permanent).await?;
    }
    let number = client.send(introduced(&functions::help::GetConfig {}))?;
    checked(&client, number).await?;
    Ok((client, keys))
}

impl Keys {
    /// The key that is spoken under.
    #[must_use]
    pub fn spoken(&self) -> &Identity {
        self.temporary.as_ref().unwrap_or(&self.permanent)
    }
}

/// `auth.bindTempAuthKey`.
async fn bind(client: &Client, permanent: &Identity) -> Result<(), Refusal> {
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
async fn checked(client: &Client, number: i64) -> Result<(), Refusal> {
    let answer = answer(client, number).await?;
    error_of(&answer).map_or(Ok(()), |error| Err(error.into()))
}

/// Waits for several answers, in whichever order they come.
async fn all_answered(client: &Client, numbers: &[i64]) -> Result<(), Refusal> {
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

/// Signs up, in if the phone is known, and reads the first dialogs.
///
/// # Errors
/// [`Refusal`].
pub async fn sign_up(place: &Place, phone: String, uses_temporary: bool) -> Result<Person, Refusal> {
    let (client, keys) = meet(place, uses_temporary).await?;
    enter(place, &client, &phone).await?;
    let asked = [
        client.send(functions::updates::GetState {}.to_bytes().into())?,
        client.send(requests::dialogs(20).to_bytes().into())?,
    ];
    all_answered(&client, &asked).await?;
    Ok(Person { client, keys, phone })
}

async fn enter(place: &Place, client: &Client, phone: &str) -> Result<(), Refusal> {
    let sent = client.call(&requests::send_code(phone), &mut unheard).await??;
    let enums::auth::SentCode::Code(sent) = sent else { return Err(anyhow::anyhow!("no code was sent").into()) };
    let code = place.codes.of(phone).await?;
    let sign_in = requests::sign_in(phone, &sent.phone_code_hash, code);
    let entered = match client.call(&sign_in, &mut unheard).await?? {
        enums::auth::Authorization::SignUpRequired(_) => {
            let sign_up = requests::sign_up(phone, &sent.phone_code_hash, format!("P{phone}"));
            client.call(&sign_up, &mut unheard).await??
        }
        entered => entered,
    };
    match entered {
        enums::auth::Authorization::Authorization(_) => Ok(()),
        enums::auth::Authorization::SignUpRequired(_) => Err(anyhow::anyhow!("still to sign up").into()),
    }
}

/// Signs up however often it takes, as before a scene that is about something else.
///
/// # Errors
/// When the server takes nobody.
pub async fn settle(place: &Place, phone: &str, uses_temporary: bool) -> Result<Person> {
    let mut last = None;
    for _ in 0..limits::ENTRY_ATTEMPTS {
        match sign_up(place, phone.to_owned(), uses_temporary).await {
            Ok(person) => return Ok(person),
            Err(Refusal::Wait(pause)) => {
                sleep(pause).await;
                last = Some(Refusal::Wait(pause));
            }
            Err(refusal) => last = Some(refusal),
        }
    }
    Err(last.context("never tried")?).with_context(|| format!("signing up {phone}"))
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
