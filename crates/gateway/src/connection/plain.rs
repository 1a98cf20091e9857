//! Plain messages: the key exchange of this connection.

use mtproto::envelope::parse_plain;
use mtproto::handshake::Handshake;

use super::{Connection, End};
use crate::exchange::{self, Told};
use crate::wire::Wire;

impl<W: Wire> Connection<W> {
    pub(super) async fn take_plain(&mut self, frame: &[u8]) -> Result<(), End> {
        let plain = parse_plain(frame).map_err(|_| End::Malformed)?;
        let mut handshake = self.handshake.take().unwrap_or_else(|| Box::new(Handshake::new()));
        let told = Box::pin(exchange::take(&self.node, self.ip, &mut handshake, plain.body)).await;
        // K2, K14: it stays, so that a failed one refuses everything after it.
        self.handshake = Some(handshake);
        match told {
            Told::Nothing => {}
            Told::Reply(body) => self.reply_plain(&body),
            Told::Refusal => self.refuse_key(),
            Told::Close => return Err(End::Trouble),
        }
        self.write_outbox().await
    }
}
