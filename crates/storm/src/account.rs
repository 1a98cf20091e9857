//! A person of the fleet: a key, a client, and what was acknowledged to them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tl::{enums, functions, types};
use tokio::time::sleep;

use crate::client::{Alarms, CallError, Client, Listener};
use crate::connection::Door;
use crate::limits;
use crate::record::Record;
use crate::requests;
use crate::server::Codes;
use crate::session::Identity;

/// Everything needed to become a person.
#[derive(Clone)]
pub struct World {
    /// The server.
    pub door: Door,
    /// Login codes as its log tells them.
    pub codes: Codes,
    /// What no server may say.
    pub alarms: Arc<Alarms>,
}

/// A person.
pub struct Account {
    /// Their number.
    pub user_id: i64,
    /// Their number in the fleet, which their words carry.
    pub number: u32,
    /// Their phone.
    pub phone: String,
    /// The client that writes.
    pub client: Client,
    /// For fresh sessions under the same key.
    pub identity: Identity,
    /// What they were told.
    pub record: Arc<Record>,
    /// The server they live on.
    pub world: World,
}

impl Account {
    /// Makes a key and signs up.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn sign_up(world: &World, number: u32) -> Result<Self> {
        let phone = format!("62811{number:08}");
        let record = Arc::new(Record::default());
        let listener: Arc<dyn Listener> = record.clone();
        let (client, identity) = Client::connect(&world.door, world.alarms.clone(), listener).await?;
        let user_id = enter(&client, &world.codes, &phone).await.with_context(|| format!("signing up {phone}"))?;
        Ok(Self { user_id, number, phone, client, identity, record, world: world.clone() })
    }

    /// A client of the same key with a session that the server has never seen.
    #[must_use]
    pub fn fresh(&self) -> Client {
        self.fresh_at(&self.world.door)
    }

    /// The same at another server that has taken over the key.
    #[must_use]
    pub fn fresh_at(&self, door: &Door) -> Client {
        Client::start(door.clone(), self.identity.clone(), self.world.alarms.clone(), Arc::new(()))
    }

    /// Another person as this one calls them.
    ///
    /// # Errors
    /// When they are not found.
    pub async fn find(&self, other: &Self) -> Result<enums::InputPeer> {
        let found = self.client.insist(&functions::contacts::ResolvePhone { phone: other.phone.clone() }).await?;
        let enums::contacts::ResolvedPeer::Peer(found) = found;
        match found.users.into_iter().next() {
            Some(enums::User::User(user)) => {
                let access_hash = user.access_hash.context("no access hash")?;
                Ok(types::InputPeerUser { user_id: user.id, access_hash }.into())
            }
            _ => bail!("{} is not found", other.phone),
        }
    }
}

/// Signs in, up if need be. A crash on the way may have left any half of it done, so it begins again.
async fn enter(client: &Client, codes: &Codes, phone: &str) -> Result<i64> {
    let mut last = None;
    for _ in 0..limits::PERSISTENCE {
        match try_enter(client, codes, phone).await {
            Ok(user_id) => return Ok(user_id),
            Err(error) => last = Some(error),
        }
        sleep(Duration::from_millis(200)).await;
    }
    Err(last.context("never tried")?)
}

async fn try_enter(client: &Client, codes: &Codes, phone: &str) -> Result<i64> {
    let enums::auth::SentCode::Code(sent) = client.insist(&requests::send_code(phone)).await? else {
        bail!("no code was sent")
    };
    let code = codes.of(phone).await.context("no code in the log")?;
    let sign_in = requests::sign_in(phone, &sent.phone_code_hash, code);
    let entered = match client.insist(&sign_in).await? {
        enums::auth::Authorization::SignUpRequired(_) => {
            client.insist(&requests::sign_up(phone, &sent.phone_code_hash, format!("P{phone}"))).await?
        }
        entered => entered,
    };
    match entered {
        enums::auth::Authorization::Authorization(it) => match it.user {
            enums::User::User(user) => Ok(user.id),
            enums::User::Empty(_) => bail!("signed in as nobody"),
        },
        enums::auth::Authorization::SignUpRequired(_) => bail!("still to sign up"),
    }
}

/// A call that a crash may have done already is no failure the second time.
#[must_use]
pub fn is_done_already(error: &CallError) -> bool {
    matches!(error, CallError::Rpc { code: 400, name } if name == "MESSAGE_NOT_MODIFIED")
}
