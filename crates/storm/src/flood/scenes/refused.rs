//! What saying no costs: strangers with keys who ask for more than their pace, over and over.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join_all;
use tl::{Serializable, functions};

use super::super::client::{Client, Event, Wire, error_of, introduced};
use super::super::people::checked;
use super::super::plan;
use super::super::worker::Crew;

/// The scene with its strangers.
pub struct Refused {
    plan: plan::Refused,
    strangers: Vec<Client>,
}

impl Refused {
    /// Makes their keys.
    ///
    /// # Errors
    /// When the server makes none.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Refused) -> Result<Self> {
        let strangers = try_join_all((0..plan.strangers).map(|_| stranger(crew))).await?;
        Ok(Self { plan, strangers })
    }

    /// Lets them ask.
    ///
    /// # Errors
    /// When a connection breaks.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(self.plan.seconds);
        try_join_all(self.strangers.iter().map(|client| ask(crew, client, self.plan.window, until))).await.map(drop)
    }
}

async fn stranger(crew: &Rc<Crew>) -> Result<Client> {
    let mut wire = Wire::dial(&crew.place, crew.place.source()).await?;
    let key = wire.exchange(&crew.place, None).await?;
    let client = Client::new(wire, (&key).into());
    let number = client.send(introduced(&functions::help::GetConfig {}))?;
    checked(&client, number).await?;
    Ok(client)
}

/// Keeps so many calls under way.
async fn ask(crew: &Crew, client: &Client, window: u32, until: Instant) -> Result<()> {
    let call = functions::help::GetNearestDc {}.to_bytes();
    let mut under_way = HashMap::new();
    loop {
        while under_way.len() < window as usize && Instant::now() < until {
            under_way.insert(client.send(call.clone().into())?, Instant::now());
        }
        if under_way.is_empty() {
            return Ok(());
        }
        let Event::Answer(number, body) = client.next().await? else { continue };
        let Some(began) = under_way.remove(&number) else { continue };
        match error_of(&body) {
            Some(error) if error.flood_wait().is_some() => crew.done("refusal", began),
            Some(error) => crew.find(format!("a stranger is told {error}")),
            None => crew.count("answered"),
        }
    }
}
