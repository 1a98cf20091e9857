//! Encrypted messages of this connection.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use super::{Connection, Deferred, End};
use crate::incoming::{self, Asked};
use crate::limits::{DISCONNECT_DELAY_MAX_SECONDS, DISCONNECT_DELAY_MIN_SECONDS, SESSIONS_PER_CONNECTION};
use crate::live::LiveSession;
use crate::runtimes::Side;
use crate::wire::Wire;

impl<W: Wire> Connection<W> {
    pub(super) async fn take_encrypted(&mut self, key_id: i64, frame: BytesMut, quick_ack: bool) -> Result<(), End> {
        let key = match incoming::key(&self.node, self.key.as_ref(), key_id).await {
            Ok(key) => key,
            Err(end) => return self.refuse(end).await,
        };
        if Side::here() == Side::Newcomers && self.key.is_none() && incoming::is_known(&self.node, &key).await {
            self.deferred = Some(Box::new(Deferred { frame, quick_ack }));
            return Ok(());
        }
        let (opened, session) = incoming::session(&self.node, &key, frame)?;
        if self.key.replace(key).is_none() {
            self.place.is_known();
            self.deadlines.pre_auth = None;
            self.exchange = None;
        }
        if quick_ack {
            self.codec.encode_quick_ack(opened.quick_ack, &mut self.outbox);
        }
        let is_new_here = !self.sessions.iter().any(|carried| Arc::ptr_eq(carried, &session));
        let events = incoming::feed(&self.node, &session, &opened, &self.link, is_new_here)?;
        if is_new_here && session.lock().is_carried_by(&self.link) {
            self.carry(&session);
        }
        drop(opened);
        for event in events {
            let asked = incoming::act(&self.node, &session, event, self.ip).await;
            self.heed(&asked);
        }
        if session.lock().is_known {
            self.place.is_somebodys();
        }
        Ok(())
    }

    async fn refuse(&mut self, end: End) -> Result<(), End> {
        if end == End::NoKey {
            self.refuse_key();
            self.write_outbox().await?;
        }
        Err(end)
    }

    /// Remembers that this connection carries a session, which it did not yet.
    fn carry(&mut self, session: &Arc<LiveSession>) {
        // A session that was destroyed and begun anew takes the place of the old one.
        self.sessions.retain(|carried| carried.id != session.id || carried.key.auth.id() != session.key.auth.id());
        if self.sessions.len() >= SESSIONS_PER_CONNECTION {
            let longest = self.sessions.remove(0);
            longest.lock().detach(&self.link, self.node.now());
        }
        self.sessions.push(session.clone());
    }

    fn heed(&mut self, asked: &Asked) {
        match asked {
            Asked::DisconnectAfter(seconds) => {
                self.deadlines.asked = Some(Instant::now() + disconnect_delay(*seconds));
            }
            Asked::Finish => self.link.finish(),
            // Only HTTP responses are held back.
            Asked::HttpWait(_) | Asked::Nothing => {}
        }
    }
}

/// Service messages page, "Deferred connection closure": the client names the delay, and every further ping names it anew.
fn disconnect_delay(seconds: i32) -> Duration {
    let asked = u64::try_from(seconds).unwrap_or(0);
    Duration::from_secs(asked.clamp(DISCONNECT_DELAY_MIN_SECONDS, DISCONNECT_DELAY_MAX_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_sets_the_connection_s_end_within_bounds() {
        for (asked, granted) in
            [(i32::MIN, 75), (-1, 75), (0, 75), (7, 75), (75, 75), (137, 137), (600, 600), (i32::MAX, 600)]
        {
            assert_eq!(disconnect_delay(asked), Duration::from_secs(granted), "{asked}");
        }
    }
}
