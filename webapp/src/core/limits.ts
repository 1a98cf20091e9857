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
/** Bytes of a file: what the protocol carries in 8,000 parts of 512 KiB. */
export const FILE_BYTES = 8000 * 512 * 1024
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

/** Milliseconds for a WebSocket to open. */
export const CONNECT_MS = 15_000
/** Milliseconds for each answer of the key exchange: a server in a flood lets newcomers wait up to 8 s. */
export const KEY_EXCHANGE_MS = 15_000
/** Milliseconds between tries to connect, before the random part. */
export const RECONNECT_MIN_MS = 500
export const RECONNECT_MAX_MS = 20_000
/** Milliseconds between pings of an idle connection; browsers do not tell when a network silently went away. */
export const PING_MS = 30_000
/** Milliseconds for an ordinary call, after which it fails with TIMEOUT; files have no such bound, they have progress. */
export const CALL_MS = 30_000
/** Seconds of FLOOD_WAIT that are waited for silently. */
export const FLOOD_SILENT_SECONDS = 5
/** Connections beside the main one, opened only while files move. */
export const UPLOAD_CONNECTIONS = 2
export const DOWNLOAD_CONNECTIONS = 2
/** Milliseconds that changes are collected before they are written to disk. */
export const KEEP_DELAY_MS = 250
/** Messages of each chat's end that stay on this device. */
export const CACHE_MESSAGES = 400
/** Chats that are shown from the cache before the server answers. */
export const CACHE_CHATS = 500
/** People that are read from the cache at the start. */
export const CACHE_PEOPLE = 20_000
/** Milliseconds that somebody's typing is shown after its last sign. */
export const TYPING_SHOWN_MS = 6_000
/** Milliseconds between signs of typing that are sent. */
export const TYPING_SENT_MS = 4_000
/** Events remembered for tabs that are a moment behind. */
export const TAB_EVENTS = 200
/** Milliseconds to wait for an update that fell out of order before asking for the difference. */
export const GAP_MS = 400
/** Slices of a difference followed in a row before the chats are fetched anew. */
export const DIFFERENCE_SLICES = 200
/** Milliseconds that seen messages are collected before the server is told. */
export const SEEN_MS = 300
/** Milliseconds after the last key before a draft goes to the server. */
export const DRAFT_MS = 1_500
/** Replied-to messages asked for at once. */
export const REPLIES = 100
/** Events remembered while a page of history is on its way, to be applied to it again. */
export const DURING_EVENTS = 500
/** Times that a message is tried before it is shown as failed. */
export const SEND_TRIES = 5
/** Seconds of FLOOD_WAIT that a message in the queue waits by itself. */
export const SEND_WAIT_SECONDS = 120
/** Milliseconds that catching up waits for answers to messages under way. */
export const SETTLE_MS = 3_000
/** Seconds before its end that a QR code is renewed. */
export const QR_MARGIN_SECONDS = 3
/** Seconds for which one's own messages can be edited. */
export const EDIT_SECONDS = 48 * 3600
/** Profile photos asked for when somebody looks at a profile. */
export const PROFILE_PHOTOS = 30
/** Seconds within which an incoming message is worth a notification; older ones come in by catching up. */
export const NOTIFY_SECONDS = 120
/** Milliseconds between signs of presence while the page is seen; a device that was sent away learns it by the next. */
export const HERE_MS = 15_000
/** Milliseconds out of sight after which one is away. */
export const AWAY_MS = 5_000
/** Milliseconds out of sight after which the connection is tried when the page is seen again. */
export const LOOK_AGAIN_MS = 30_000
/** Milliseconds after another tab went before its queue is taken over: it may only be reloading. */
export const INHERIT_MS = 2_000
/** Bytes of files in one queued message beyond which it does not outlive its page: a browser would copy them first. */
export const QUEUE_FILE_BYTES = 64 * 1024 * 1024
/** Milliseconds within which somebody whose chat is opened again is not asked for again. */
export const LOOK_MS = 30_000
/** Milliseconds that signing out waits for a server that does not answer. */
export const SIGN_OUT_MS = 3_000
