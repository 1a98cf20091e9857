//! Somebody on their way in: a key, a code, an account, the first dialogs, in the order in which an app asks for them.
//!
//! What they have reached outlives refusals and broken connections, as it does in a real app: who is told to wait waits on the
//! connection they have and asks again; whose connection is closed comes back after 1, 2, 4 … 64 s as TDLib does, with the key
//! made before. While away they are a few hundred bytes and no socket.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use tl::{Deserializable, RemoteCall, Serializable, enums, functions};
use tokio::time::sleep;

use super::client::{Client, Wire, introduced};
use super::limits;
use super::people::{Keys, Person, Refusal, all_answered, bind, checked, unheard};
use super::place::Place;
use crate::requests;

/// Somebody on their way in.
pub struct Newcomer {
    phone: String,
    uses_temporary: bool,
    source: Option<Ipv4Addr>,
    keys: Option<Box<Keys>>,
    /// Whether the temporary key acts for the permanent one.
    is_bound: bool,
    /// Whether they have their account.
    is_in: bool,
    /// How long they stay away if this try comes to nothing.
    pause: Duration,
}

/// How long somebody lets themselves be asked to wait.
pub struct Patience<'a> {
    /// Until when.
    pub until: Instant,
    /// Told each time.
    pub on_wait: &'a dyn Fn(),
}

impl Patience<'_> {
    /// Waits as told, unless it is for too long.
    async fn wait(&self, pause: Duration) -> Result<(), Refusal> {
        (self.on_wait)();
        if Instant::now() + pause > self.until {
            return Err(Refusal::Wait(pause));
        }
        sleep(pause).await;
        Ok(())
    }

    /// Calls however often the server asks for it.
    async fn call<F: RemoteCall + Serializable>(&self, client: &Client, function: &F) -> Result<F::Return, Refusal>
    where
        F::Return: Deserializable,
    {
        loop {
            match client.call(function, &mut unheard).await?.map_err(Refusal::from) {
                Err(Refusal::Wait(pause)) => self.wait(pause).await?,
                answered => return answered,
            }
        }
    }
}

impl Newcomer {
    /// Somebody with this phone, from the next source in turn.
    #[must_use]
    pub fn new(place: &Place, phone: String, uses_temporary: bool) -> Self {
        let (source, pause) = (place.source(), limits::BACK_OFF_FIRST);
        Self { phone, uses_temporary, source, keys: None, is_bound: false, is_in: false, pause }
    }

    /// Whether the server made a key with them: then it has begun to serve them.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.keys.is_some()
    }

    /// Tries to come in, from where the last try ended.
    ///
    /// # Errors
    /// [`Refusal`]; what was reached is kept.
    pub async fn come(&mut self, place: &Place, patience: &Patience<'_>) -> Result<Person, Refusal> {
        let mut wire = Wire::dial(place, self.source).await?;
        if self.keys.is_none() {
            self.keys = Some(Box::new(self.exchange(place, &mut wire).await?));
        }
        let keys = self.keys.as_deref().context("keys were just made")?.clone();
        self.pause = limits::BACK_OFF_FIRST;
        let client = Client::new(wire, keys.spoken().clone());
        if keys.temporary.is_some() && !self.is_bound {
            bind(&client, &keys.permanent).await?;
            self.is_bound = true;
        }
        self.introduce(&client, patience).await?;
        if !self.is_in {
            self.enter(place, &client, patience).await?;
            self.is_in = true;
        }
        let asked = [
            client.send(functions::updates::GetState {}.to_bytes().into())?,
            client.send(requests::dialogs(20).to_bytes().into())?,
        ];
        all_answered(&client, &asked).await?;
        Ok(Person { client, keys, phone: self.phone.clone() })
    }

    /// Begins an exchange with somebody who makes none.
    ///
    /// # Errors
    /// Always.
    pub async fn knock(&mut self, place: &Place, address: SocketAddr) -> Result<(), Refusal> {
        let mut wire = Wire::dial_at(place, address, self.source).await?;
        self.exchange(place, &mut wire).await.map(drop)
    }

    /// How long they stay away now; longer each time until there is a key, as TDLib does.
    pub fn stay_away(&mut self) -> Duration {
        let next = (self.pause * 2).min(limits::BACK_OFF_MAX);
        std::mem::replace(&mut self.pause, next)
    }

    async fn exchange(&self, place: &Place, wire: &mut Wire) -> Result<Keys, Refusal> {
        let permanent = (&wire.exchange(place, None).await?).into();
        let temporary = match self.uses_temporary {
            true => Some((&wire.exchange(place, Some(limits::TEMPORARY_KEY_SECONDS)).await?).into()),
            false => None,
        };
        Ok(Keys { permanent, temporary, source: self.source })
    }

    /// Tells the server the layer.
    async fn introduce(&self, client: &Client, patience: &Patience<'_>) -> Result<(), Refusal> {
        loop {
            let number = client.send(introduced(&functions::help::GetConfig {}))?;
            match checked(client, number).await {
                Err(Refusal::Wait(pause)) => patience.wait(pause).await?,
                answered => return answered,
            }
        }
    }

    async fn enter(&self, place: &Place, client: &Client, patience: &Patience<'_>) -> Result<(), Refusal> {
        let phone = &self.phone;
        let sent = patience.call(client, &requests::send_code(phone)).await?;
        let enums::auth::SentCode::Code(sent) = sent else { return Err(anyhow!("no code was sent").into()) };
        let code = place.codes.of(phone).await?;
        let sign_in = requests::sign_in(phone, &sent.phone_code_hash, code);
        let entered = match patience.call(client, &sign_in).await? {
            enums::auth::Authorization::SignUpRequired(_) => {
                let sign_up = requests::sign_up(phone, &sent.phone_code_hash, format!("P{phone}"));
                patience.call(client, &sign_up).await?
            }
            entered => entered,
        };
        match entered {
            enums::auth::Authorization::Authorization(_) => Ok(()),
            enums::auth::Authorization::SignUpRequired(_) => Err(anyhow!("still to sign up").into()),
        }
    }
}

/// Comes in however often it takes, as before a scene that is about something else.
///
/// # Errors
/// When the server takes nobody.
pub async fn settle(place: &Place, phone: &str, uses_temporary: bool) -> Result<Person> {
    let mut newcomer = Newcomer::new(place, phone.to_owned(), uses_temporary);
    let patience = Patience { until: Instant::now() + limits::SETTLING_MAX, on_wait: &|| () };
    loop {
        match newcomer.come(place, &patience).await {
            Ok(person) => return Ok(person),
            Err(Refusal::Broken(_)) if Instant::now() < patience.until => sleep(newcomer.stay_away()).await,
            Err(refusal) => return Err(refusal).with_context(|| format!("signing up {phone}")),
        }
    }
}
