//! Plain messages: the key exchange of this connection.

use mtproto::envelope::parse_plain;

use super::{Connection, End};
use crate::exchange::{self, Told};
use crate::wire::Wire;

impl<W: Wire> Connection<W> {
    pub(super) async fn take_plain(&mut self, frame: &[u8]) -> Result<(), End> {
        let plain = parse_plain(frame).map_err(|_| End::Malformed)?;
        let mut exchange = self.exchange.take().unwrap_or_default();
        let told = Box::pin(exchange::take(&self.node, self.ip, &mut exchange, plain.body)).await;
        // K2, K14: it stays, so that a failed one refuses everything after it.
        self.exchange = Some(exchange);
        match told {
            Told::Nothing => {}
            Told::Reply(body) => self.reply_plain(&body),
            Told::Refusal => self.refuse_key(),
            Told::Close => return Err(End::Trouble),
            Told::TurnAway => return Err(End::Refused),
        }
        self.write_outbox().await
    }
}
