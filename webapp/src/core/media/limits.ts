/** Every bound of media in the browser, with its unit. What the server refuses anyway is refused here first, with words. */
const KIB = 1024
const MIB = 1024 * KIB

/** Largest file the protocol carries: 8,000 parts of 512 KiB. */
export const FILE_MAX_BYTES = 4000 * MIB
/** Files above this go up by `upload.saveBigFilePart`. */
export const SMALL_FILE_MAX_BYTES = 10 * MIB
/** Parts of one upload on their way at once. */
export const UPLOAD_PARTS_IN_FLIGHT = 4
/** Uploads under way at once; more wait their turn. */
export const UPLOADS_AT_ONCE = 3
/** Parts of one download on their way at once; the server reads 4 MiB ahead for a session. */
export const DOWNLOAD_PARTS_IN_FLIGHT = 4
/** Downloads under way at once; more wait their turn, what is looked at first. */
export const DOWNLOADS_AT_ONCE = 6
/** Downloads that wait for their turn; the oldest is dropped and asked for again when it is looked at. */
export const DOWNLOADS_WAITING = 200
/** A download that nobody looks at and nobody asked for ends after so long, in ms. */
export const UNWATCHED_MS = 700
/** A file that grew old in a message is asked for again with so many new references. */
export const REFERENCE_RETRIES = 2
/** References remembered that are newer than those of the messages. */
export const FRESH_REFERENCES = 500

/** Pictures of an album; the protocol's number. */
export const ALBUM_MAX = 10
/** Files taken by one paste, drop or choice. */
export const ATTACH_MAX = 50
/** Longer side of a photo that is sent as one, in pixels. */
export const PHOTO_SIDE_MAX = 2560
/** Quality of the JPEG, between 0 and 1. */
export const PHOTO_QUALITY = 0.87
/** The server's rule for photos: width and height together, in pixels. */
export const PHOTO_SIDES_SUM_MAX = 10_000
/** The longer side of a photo is at most so many times the shorter. */
export const PHOTO_RATIO_MAX = 20
/** A picture file above this is sent as a file: decoding it might take the tab down. */
export const PHOTO_SOURCE_MAX_BYTES = 60 * MIB
/** Side of a profile photo that is sent, in pixels. */
export const PROFILE_SIDE = 1280
/** Longer side of a video's still, in pixels. */
export const STILL_SIDE = 320
/** How long a file may take to tell its length and sides, in ms. */
export const PROBE_TIMEOUT_MS = 8_000
/** Longest voice note, in seconds: an hour. */
export const VOICE_MAX_SECONDS = 3_600
/** A voice note shorter than this was a slip of the finger, in seconds. */
export const VOICE_MIN_SECONDS = 0.7

/** Blob URLs that nobody looks at are kept up to so many bytes and pieces. */
export const IDLE_URLS_MAX_BYTES = 96 * MIB
export const IDLE_URLS_MAX = 300
/** Pictures kept on the device, in bytes and pieces; the longest unseen go first. */
export const STORE_MAX_BYTES = 128 * MIB
export const STORE_MAX_ITEMS = 4_000
/** A single file above this is not kept on the device. */
export const STORE_ITEM_MAX_BYTES = 3 * MIB
/** Largest file that is put together in memory, when the browser offers no way to write to the disk. */
export const MEMORY_FILE_MAX_BYTES = 1024 * MIB
/** Longest file name, in characters. */
export const NAME_MAX_CHARS = 120
