// Every bound of the client, with its unit.

/** Messages of one history window that stay in memory; beyond it the far end is let go and fetched again when scrolled to. */
export const WINDOW_MESSAGES = 600
/** Messages asked for at once. */
export const PAGE_MESSAGES = 60
/** History windows kept warm besides the one that is shown. */
export const WINDOWS = 6
/** Chats asked for at once. */
export const PAGE_CHATS = 60
/** Chats kept in the list at all. */
export const CHATS = 5000
/** Characters of a message, and of a caption. */
export const MESSAGE_CHARS = 4096
export const CAPTION_CHARS = 1024
/** Messages forwarded or deleted by one request. */
export const BATCH_MESSAGES = 100
/** Files in one album. */
export const ALBUM_FILES = 10
/** Bytes of a file: what the protocol carries in 4,000 parts of 512 KiB. */
export const FILE_BYTES = 4000 * 512 * 1024
/** Results of a search page. */
export const PAGE_FOUND = 30
/** Messages that may wait in the sending queue of one device. */
export const QUEUE_MESSAGES = 500
/** Seconds for which an unfinished sign-up is gone on with after a reload. */
export const JOINING_SECONDS = 7 * 24 * 3600
/** Proofs of work done anew because the server no longer took the last one, in one sign-up. */
export const PROOF_TRIES = 3
/** Seconds that a proof must still be good for when it is used. */
export const PROOF_MARGIN_SECONDS = 15
/** Seconds between two questions for the place in the waiting room, whatever the server says: at least, and at most. */
export const PLACE_SECONDS_MIN = 1
export const PLACE_SECONDS_MAX = 60
