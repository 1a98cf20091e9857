//! Listening sockets: each arrival gets its place, is told apart by its first bytes and served by a task of its own, all of it
//! among newcomers. Pages are served among the people, whoever asks for them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::uri::Scheme;
use bytes::Bytes;
use mtproto::transport::{Codec, Framing, Surface};
use tls::TlsStream;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpListener;

use crate::connection::{self, Arrival, End, Sniffed};
use crate::early;
use crate::http::{self, Rewind, Site};
use crate::limits::{ACCEPT_PAUSE, ACCEPTS_IN_A_ROW};
use crate::node::{Node, Phase, reached};
use crate::socket::Socket;

/// A socket that listens. Its connections are not the runtime's before somebody wants them.
type Ears = AsyncFd<std::net::TcpListener>;

#[expect(
    deprecated,
    reason = "a socket of the standard library owns its descriptor, which is what the other ways ask for"
)]
fn ears(listener: TcpListener) -> io::Result<Ears> {
    Ears::with_interest(listener.into_std()?, Interest::READABLE)
}

/// Accepts until the server stops.
pub(crate) async fn accept(node: Arc<Node>, listener: TcpListener, site: Arc<Site>) {
    let ears = match ears(listener) {
        Ok(ears) => ears,
        Err(error) => return tracing::error!(%error, "a socket cannot be listened on"),
    };
    let mut phase = node.phase.subscribe();
    loop {
        let accepted = tokio::select! {
            biased;
            () = reached(&mut phase, Phase::Draining) => return,
            accepted = accept_some(&node, &ears, &site) => accepted,
        };
        if let Err(error) = accepted {
            // Out of descriptors, mostly: whoever is connected goes on, newcomers wait in the kernel's queue.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
        // A burst of strangers keeps nobody waiting who is here.
        tokio::task::yield_now().await;
    }
}

/// Waits for connections and takes those that are there, up to a bound.
async fn accept_some(node: &Arc<Node>, ears: &Ears, site: &Arc<Site>) -> io::Result<()> {
    let mut ready = ears.readable().await?;
    for _ in 0..ACCEPTS_IN_A_ROW {
        match ready.try_io(|ears| ears.get_ref().accept()) {
            Ok(Ok((stream, peer))) => welcome(node, stream, peer, site),
            // Somebody who left before they were taken.
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Ok(Err(error)) => return Err(error),
            Err(_nobody_waits) => break,
        }
    }
    Ok(())
}

fn welcome(node: &Arc<Node>, stream: std::net::TcpStream, peer: SocketAddr, site: &Arc<Site>) {
    if let Err(error) = stream.set_nonblocking(true) {
        return tracing::debug!(%error, "a socket was gone before it was looked at");
    }
    let ip = peer.ip().to_canonical();
    let is_proxy = node.config.trusted_proxies.iter().any(|subnet| subnet.holds(ip));
    if !is_proxy && early::is_turned_away(&node.gate, &stream, ip) {
        return;
    }
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
