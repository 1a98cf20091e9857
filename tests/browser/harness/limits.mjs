// Every bound of the suite, in milliseconds unless it says otherwise. Waits are for events; these only end one that failed.

export const READY = 20_000
export const STOP = 15_000
export const COMMAND = 20_000
export const LAUNCH = 30_000

// Something that another person did has to be on this person's screen.
export const EVENT = 10_000
// A page has to be there and usable. On loopback a second does; a machine that builds meanwhile needs more.
export const PAGE = 20_000
// A page that was there before, loaded anew: sooner than the client loses its patience with the connection.
export const AGAIN = 8_000
export const SCENARIO = 90_000
export const CATCH_UP = 30_000
export const TRANSFER = 60_000
// More than a browser holds at once (the client saves from 64 MiB on piece by piece), in bytes; and until when it has moved.
export const LARGE_FILE_BYTES = 65 * 1024 * 1024
export const LARGE_TRANSFER = 180_000

// Who is asked for by Telethon.
export const CALL = 20_000

// How many groups of scenarios run at a time: each has a server and up to three browser contexts.
export const JOBS = 2
// What is kept of a log for the report of a failure.
export const LOG_LINES = 4_000
export const REPORT_LINES = 40

// A screenshot in the repository, in bytes.
export const SCREENSHOT_BYTES = 60 * 1024

// What the first load of the web client may weigh, compressed, in bytes; until when it can be used, on a machine that does
// nothing else; and what of a processor's time its page may take for it.
export const FIRST_LOAD_BYTES = 300 * 1024
export const INTERACTIVE = 1_000
export const FIRST_WORK = 400

// In line behind a few others, where a handful are let in within a minute.
export const LINE = 60_000
// Until a conversation of 100,000 messages is there.
export const SEEDING = 120_000

// Chats that one may have come through to the one on the screen.
export const CHATS_BEHIND = 4
