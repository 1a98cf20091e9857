//! Accepting: whoever connects is taken from the kernel's queue.
//!
//! On an ordinary day each is taken as soon as they are there. In a flood the runtime would be woken for every one of those
//! who are turned away, and most would have said nothing yet and take the whole way through the server to be refused at its
//! end. So, while there is a line at the gate, the runtime is not asked to be woken: the queue is looked at every few
//! milliseconds, and everybody in it together. By then they have said what they want; whoever has not is looked at again in
//! the next round, for a while, and then goes the usual way.
//!
//! Those who want something else than a new key go the usual way at once.
//!
//! Files are kept in the same way: the last that connections may take are for people who have a key, so that whoever gets one
//! of these is looked at first, and dropped if they want a key or say nothing. The system gives the least number that is free, so
//! that a file's own number tells how many are open: all before it are.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Instant;

use rustix::io::Errno;
use rustix::net::{SocketFlags, acceptfrom_with};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpListener;

use crate::early::{self, Opening};
use crate::gate::Gate;
use crate::http::Site;
use crate::limits::{
    ACCEPT_PAUSE, ACCEPT_ROUNDS_IN_A_ROW, ACCEPTS_IN_A_ROW, EARLY_LOOKS, EARLY_PAUSE, EARLY_SILENCE, EARLY_SILENT_MAX,
};
use crate::listen::welcome;
use crate::load::resources;
use crate::node::{Node, Phase, reached};

/// Accepts until the server stops.
pub(crate) async fn accept(node: Arc<Node>, listener: TcpListener, site: Arc<Site>) {
    let mut phase = node.phase.subscribe();
    let mut door = Door { node, site, files: Files::of_process(), silent: VecDeque::new() };
    tokio::select! {
        biased;
        () = reached(&mut phase, Phase::Draining) => {}
        Err(error) = door.keep(listener) => tracing::error!(%error, "a socket cannot be listened on"),
    }
}

/// A socket that listens, and those who were accepted there and have said nothing yet.
struct Door {
    node: Arc<Node>,
    site: Arc<Site>,
    files: Files,
    /// At most [`EARLY_SILENT_MAX`].
    silent: VecDeque<Silent>,
}

/// Somebody who was accepted while newcomers are turned away, and has said nothing yet.
struct Silent {
    stream: TcpStream,
    ip: IpAddr,
    since: Instant,
    /// Whether they have one of the last files.
    is_last: bool,
}

/// From which number on files are not for everybody.
#[derive(Clone, Copy, Debug)]
struct Files {
    /// From here on for nobody who wants a key or says nothing.
    strangers: u64,
    /// From here on for no connection: the store needs some, too.
    connections: u64,
}

impl Files {
    fn of_process() -> Self {
        Self { strangers: resources::files_for_strangers(), connections: resources::files_for_connections() }
    }
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Nobody else waits.
    Last,
    /// Others wait.
    More,
    /// Nobody could be accepted, and a pause was made.
    Paused,
}

/// The number of a file.
fn number(socket: &impl AsRawFd) -> u64 {
    socket.as_raw_fd().unsigned_abs().into()
}

impl Door {
    #[expect(
        deprecated,
        reason = "a socket of the standard library owns its descriptor, which is what the other ways ask for"
    )]
    async fn keep(&mut self, listener: TcpListener) -> io::Result<()> {
        let mut listener = listener.into_std()?;
        loop {
            listener = match AsyncFd::try_with_interest(listener, Interest::READABLE) {
                Ok(ears) => {
                    self.in_peace(&ears).await?;
                    ears.into_inner()
                }
                Err(refused) => {
                    // Out of memory, mostly: the queue is looked at meanwhile, for nobody stops listening for that.
                    let (listener, error) = refused.into_parts();
                    tracing::warn!(%error, "a socket cannot be waited for");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    self.round_or_pause(&listener).await;
                    listener
                }
            };
            self.in_flood(&listener).await;
        }
    }

    /// Takes each who comes, until there is a line at the gate.
    async fn in_peace(&mut self, ears: &AsyncFd<std::net::TcpListener>) -> io::Result<()> {
        loop {
            let mut ready = ears.readable().await?;
            if self.round_or_pause(ears.get_ref()).await == Round::Last {
                ready.clear_ready();
            }
            if self.is_flood() {
                return Ok(());
            }
            // A burst of strangers keeps nobody waiting who is here.
            tokio::task::yield_now().await;
        }
    }

    /// Looks every few milliseconds who is there, until there is no line any more.
    async fn in_flood(&mut self, listener: &std::net::TcpListener) {
        while self.is_flood() {
            tokio::time::sleep(EARLY_PAUSE).await;
            self.look_again();
            for _ in 0..ACCEPT_ROUNDS_IN_A_ROW {
                if self.round_or_pause(listener).await != Round::More {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }

    fn is_flood(&self) -> bool {
        self.node.gate.has_line() || !self.silent.is_empty()
    }

    /// A round, or a pause where nobody can be accepted.
    async fn round_or_pause(&mut self, listener: &std::net::TcpListener) -> Round {
        let (taken, turned_away) = self.round(listener);
        Gate::turned_away(turned_away);
        match taken {
            Ok(true) => Round::Last,
            Ok(false) => Round::More,
            Err(error) => {
                // Out of descriptors, mostly: whoever is connected goes on, newcomers wait in the kernel's queue.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                Round::Paused
            }
        }
    }

    /// Takes those who are there, up to a bound: whether these were all, and how many of them were turned away.
    fn round(&mut self, listener: &std::net::TcpListener) -> (io::Result<bool>, u64) {
        let mut turned_away = 0;
        for _ in 0..ACCEPTS_IN_A_ROW {
            match acceptfrom_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
                Ok((socket, _)) if number(&socket) >= self.files.connections => {
                    return (Err(Errno::MFILE.into()), turned_away);
                }
                Ok((socket, peer)) => {
                    let Some(peer) = peer.and_then(|peer| SocketAddr::try_from(peer).ok()) else { continue };
                    turned_away += u64::from(self.is_turned_away(socket.into(), peer.ip().to_canonical()));
                }
                Err(Errno::AGAIN) => return (Ok(true), turned_away),
                // Somebody who left before they were taken.
                Err(Errno::CONNABORTED | Errno::INTR) => {}
                Err(error) => return (Err(error.into()), turned_away),
            }
        }
        (Ok(false), turned_away)
    }

    fn is_turned_away(&mut self, stream: TcpStream, ip: IpAddr) -> bool {
        let is_proxy = self.node.config.trusted_proxies.iter().any(|subnet| subnet.holds(ip));
        let is_last = number(&stream) >= self.files.strangers;
        if is_proxy || !(is_last || self.node.gate.has_line()) {
            welcome(&self.node, stream, ip, is_proxy, &self.site);
            return false;
        }
        self.look(Silent { stream, ip, since: Instant::now(), is_last })
    }

    /// Looks at somebody who is not to have a task for nothing; whether they are turned away.
    fn look(&mut self, it: Silent) -> bool {
        match early::opening(&it.stream) {
            Opening::Exchange if it.is_last || !self.is_expected(it.ip) => return true,
            Opening::Nothing if self.silent.len() < EARLY_SILENT_MAX && it.since.elapsed() < EARLY_SILENCE => {
                self.silent.push_back(it);
            }
            Opening::Nothing if it.is_last => return true,
            _ => welcome(&self.node, it.stream, it.ip, false, &self.site),
        }
        false
    }

    fn is_expected(&self, ip: IpAddr) -> bool {
        self.node.gate.expects(ip, self.node.admission.has_people(ip))
    }

    /// Looks at those who had said nothing, so many of them, in turn.
    fn look_again(&mut self) {
        let mut turned_away = 0;
        for _ in 0..self.silent.len().min(EARLY_LOOKS) {
            let Some(it) = self.silent.pop_front() else { break };
            turned_away += u64::from(self.look(it));
        }
        Gate::turned_away(turned_away);
    }
}

#[cfg(test)]
mod tests;
