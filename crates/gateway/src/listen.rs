//! Whoever was accepted gets a place, is told apart by their first bytes and served by a task of their own, all of it among
//! newcomers. Pages are served among the people, whoever asks for them.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::uri::Scheme;
use bytes::Bytes;
use mtproto::transport::{Codec, Framing, Surface};
use tls::TlsStream;

use crate::connection::{self, Arrival, End, Sniffed};
use crate::http::{self, Rewind, Site};
use crate::node::{Node, Phase, reached};
use crate::socket::Socket;

/// Serves somebody who was accepted, on a socket that blocks nobody.
pub(crate) fn welcome(node: &Arc<Node>, stream: std::net::TcpStream, ip: IpAddr, is_proxy: bool, site: &Arc<Site>) {
    let place = if is_proxy { node.admission.admit_proxy(ip) } else { node.admission.admit(ip) };
    let Some(place) = place else {
        connection::ended(End::Refused);
        return;
    };
    // Answers are small and wanted at once.
    let stream = match stream.set_nodelay(true).and_then(|()| Socket::new(stream)) {
        Ok(stream) => stream,
        Err(error) => return tracing::debug!(%error, "a socket was gone before it was served"),
    };
    let arrival = Arrival { node: node.clone(), place, ip, may_introduce: is_proxy };
    tokio::spawn(tell_apart(arrival, stream, site.clone()));
}

async fn tell_apart(mut arrival: Arrival, mut stream: Socket, site: Arc<Site>) {
    match connection::sniff(&mut stream, &mut arrival, Surface::Socket).await {
        Ok(Sniffed::Mtproto(codec, rest)) => {
            metrics::CONNECTIONS_ACCEPTED.inc(transport_name(&codec));
            // A task anew: this one has room for what a connection might have been.
            tokio::spawn(connection::serve(arrival, stream, codec, rest));
        }
        Ok(Sniffed::Http(head)) => {
            metrics::CONNECTIONS_ACCEPTED.inc("http");
            let node = arrival.node.clone();
            node.runtimes.spawn_for_people(http::serve(arrival, stream, head.freeze(), site, Scheme::HTTP));
        }
        Ok(Sniffed::Tls(head)) => Box::pin(within_tls(arrival, stream, head.freeze(), site)).await,
        Err(end) => connection::ended(end),
    }
}

/// The same inside TLS, where there is everything that there is outside, but for TLS.
async fn within_tls(mut arrival: Arrival, stream: Socket, head: Bytes, site: Arc<Site>) {
    let mut stream = match shake_hands(&arrival, Rewind::new(head, stream)).await {
        Ok(stream) => stream,
        Err(end) => return connection::ended(end),
    };
    match connection::sniff(&mut stream, &mut arrival, Surface::Socket).await {
        Ok(Sniffed::Mtproto(codec, rest)) => {
            metrics::CONNECTIONS_ACCEPTED.inc("tls");
            tracing::debug!(transport = transport_name(&codec), "tls carries the protocol");
            tokio::spawn(connection::serve(arrival, stream, codec, rest));
        }
        Ok(Sniffed::Http(head)) => {
            metrics::CONNECTIONS_ACCEPTED.inc("https");
            let node = arrival.node.clone();
            node.runtimes.spawn_for_people(http::serve(arrival, *stream, head.freeze(), site, Scheme::HTTPS));
        }
        Ok(Sniffed::Tls(_)) => connection::ended(End::Unknown),
        Err(end) => connection::ended(end),
    }
}

async fn shake_hands(arrival: &Arrival, stream: Rewind<Socket>) -> Result<Box<TlsStream<Rewind<Socket>>>, End> {
    let Some(https) = &arrival.node.config.https else { return Err(End::Unknown) };
    let mut phase = arrival.node.phase.subscribe();
    let accepted = tokio::select! {
        accepted = https.tls.accept(stream) => accepted,
        () = reached(&mut phase, Phase::Draining) => return Err(End::Cut),
    };
    match accepted {
        Ok(tls::Accepted::Stream(stream)) => Ok(stream),
        Ok(tls::Accepted::Proof) => Err(End::Gone),
        Err(error) => {
            tracing::debug!(%error, "a tls handshake came to nothing");
            Err(End::Handshake)
        }
    }
}

/// The label of a transport.
pub(crate) fn transport_name(codec: &Codec) -> &'static str {
    match (codec.framing(), codec.is_obfuscated()) {
        (Framing::Abridged, false) => "abridged",
        (Framing::Abridged, true) => "obfuscated abridged",
        (Framing::Intermediate, false) => "intermediate",
        (Framing::Intermediate, true) => "obfuscated intermediate",
        (Framing::Padded, false) => "padded",
        (Framing::Padded, true) => "obfuscated padded",
        (Framing::Full, _) => "full",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::CONNECTION_TASK_BYTES;

    /// What a task that runs this function takes.
    const fn task_bytes<A, B, C, D, F: Future>(_: &impl FnOnce(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }

    /// Idle connections are the many: what each of them costs is watched.
    #[test]
    fn the_task_of_a_connection_is_small() {
        let bytes = task_bytes(&connection::serve::<Socket>);
        assert!(bytes <= CONNECTION_TASK_BYTES, "{bytes} bytes");
        assert!(bytes * 2 > CONNECTION_TASK_BYTES, "the bound says nothing: {bytes} bytes");
    }
}
