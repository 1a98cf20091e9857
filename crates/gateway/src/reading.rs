//! Room for pieces of files: answers as large as a hundred ordinary ones, of which clients ask for many at once.
//!
//! A call that reads a file begins when there is room for its answer, in its session and on the node, and the room is held
//! until the answer is written; so a slow reader has few of them in memory, and is not cut off for asking ahead.

use std::sync::{Arc, OnceLock};

use api::RpcError;
use bytes::Bytes;
use tl::Identifiable;
use tl::functions::upload::{GetFile, GetFileHashes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{READ_ROOM_TIMEOUT, READS_MAX_KIB, READS_PER_SESSION_KIB, RPC_OVERFLOW_WAIT_SECONDS};

/// The greatest piece of a file that is answered, in KiB.
const PIECE_MAX_KIB: u32 = 1024;

/// So much room, counted in KiB.
#[derive(Clone)]
pub(crate) struct Rooms(Arc<Semaphore>);

impl Rooms {
    /// What one session may take. Most sessions never read a file: theirs is made when the first is read.
    pub(crate) fn of_session() -> Self {
        Self(Arc::new(Semaphore::new(READS_PER_SESSION_KIB)))
    }

    /// What all may take.
    pub(crate) fn of_node() -> Self {
        Self(Arc::new(Semaphore::new(READS_MAX_KIB)))
    }

    async fn take(&self, kib: u32) -> Option<OwnedSemaphorePermit> {
        // An error would mean that the semaphore was closed, which nobody does.
        self.0.clone().acquire_many_owned(kib).await.ok()
    }
}

/// Room for one answer, given back when dropped.
pub(crate) struct Room {
    session: OwnedSemaphorePermit,
    node: OwnedSemaphorePermit,
}

impl Room {
    /// Gives back what an answer of so many bytes does not need: most files are smaller than what is asked for.
    fn shrink_to(&mut self, bytes: usize) {
        let kib = bytes.div_ceil(1024);
        for held in [&mut self.session, &mut self.node] {
            drop(held.split(held.num_permits().saturating_sub(kib)));
        }
    }
}

/// Waits for room for the answer to this query, if it reads a file.
pub(crate) async fn room(session: &OnceLock<Rooms>, node: &Rooms, query: &[u8]) -> Result<Option<Room>, RpcError> {
    let Some(kib) = wanted_kib(query) else { return Ok(None) };
    let session = session.get_or_init(Rooms::of_session);
    let take = async {
        // The session's first: who asks for much waits for themselves, not for everybody.
        let of_session = session.take(kib).await?;
        let of_node = node.take(kib).await?;
        Some(Room { session: of_session, node: of_node })
    };
    match tokio::time::timeout(READ_ROOM_TIMEOUT, take).await {
        Ok(Some(room)) => Ok(Some(room)),
        Ok(None) | Err(_) => Err(RpcError::flood_wait(RPC_OVERFLOW_WAIT_SECONDS)),
    }
}

/// The room that an answer takes, if the query reads a file: of a piece it is the limit, the last number of the query.
fn wanted_kib(query: &[u8]) -> Option<u32> {
    match mtproto::wire::constructor_of(query) {
        GetFileHashes::CONSTRUCTOR_ID => Some(PIECE_MAX_KIB),
        GetFile::CONSTRUCTOR_ID => {
            let limit = u32::from_le_bytes(*query.last_chunk::<4>()?);
            Some(limit.div_ceil(1024).clamp(1, PIECE_MAX_KIB))
        }
        _ => None,
    }
}

/// An answer that holds its room for as long as it waits to be written.
pub(crate) fn roomy(body: Bytes, mut room: Room) -> Bytes {
    room.shrink_to(body.len());
    struct Roomy {
        body: Bytes,
        _room: Room,
    }
    impl AsRef<[u8]> for Roomy {
        fn as_ref(&self) -> &[u8] {
            &self.body
        }
    }
    Bytes::from_owner(Roomy { body, _room: room })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get_file(limit: u32) -> Vec<u8> {
        [&GetFile::CONSTRUCTOR_ID.to_le_bytes()[..], &[0; 40], &limit.to_le_bytes()].concat()
    }

    #[test]
    fn only_reading_takes_room() {
        assert_eq!(wanted_kib(&get_file(512 * 1024)), Some(512));
        assert_eq!(wanted_kib(&get_file(0)), Some(1));
        assert_eq!(wanted_kib(&get_file(u32::MAX)), Some(PIECE_MAX_KIB));
        assert_eq!(wanted_kib(&[1, 2, 3, 4, 5, 6, 7, 8]), None);
        assert_eq!(wanted_kib(&[]), None);
    }

    /// A session that reads nothing of what it asked for: as many answers as there is room for are made, the next is made
    /// once one of them is written.
    #[tokio::test]
    async fn who_asks_ahead_waits_for_themselves() {
        let (mine, theirs, node) = (OnceLock::new(), OnceLock::new(), Rooms::of_node());
        let query = get_file(1024 * 1024);
        let mut answers = Vec::new();
        for _ in 0..READS_PER_SESSION_KIB / 1024 {
            let room = room(&mine, &node, &query).await.expect("there is room").expect("it reads");
            answers.push(roomy(vec![0; 1024 * 1024].into(), room));
        }
        let mut next = std::pin::pin!(room(&mine, &node, &query));
        assert!(futures::poll!(&mut next).is_pending());
        assert!(room(&theirs, &node, &query).await.is_ok(), "others are not held up");
        answers.pop();
        assert!(next.await.is_ok());
    }

    #[tokio::test]
    async fn a_small_answer_takes_little_room() {
        let (mine, node) = (OnceLock::from(Rooms::of_session()), Rooms::of_node());
        let left = || mine.get().map_or(0, |rooms| rooms.0.available_permits());
        let query = get_file(1024 * 1024);
        let mut answers = Vec::new();
        for _ in 0..1000 {
            let room = room(&mine, &node, &query).await.expect("there is room").expect("it reads");
            answers.push(roomy(vec![0; 3 * 1024].into(), room));
        }
        assert_eq!(left(), READS_PER_SESSION_KIB - 3 * 1000);
        answers.clear();
        assert_eq!(left(), READS_PER_SESSION_KIB);
        assert_eq!(node.0.available_permits(), READS_MAX_KIB);
    }
}
