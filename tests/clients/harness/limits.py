"""Every bound of the suite, in seconds unless it says otherwise. Waits are for events; these only end a wait that failed."""

EVENT = 6.0
# A faulty bus may cost a screen one reading of the heads, which the server makes every five seconds.
FAULTY_EVENT = 15.0
CALL = 20.0
CATCH_UP = 30.0
READY = 20.0
RESTART = 2.0
STOP = 15.0
GOLDEN = 60.0
BUILD = 300.0
LINE_BYTES = 8 * 1024 * 1024

# What is not stored (typing, online status) may be lost on a faulty bus: clients repeat it, and so does the suite.
EPHEMERAL_TRIES = 12
EPHEMERAL_EVENT = 1.0

# A client that has just signed in shows nothing as news until it knows its first state; a faulty bus adds a reading.
FIRST_NEWS_TRIES = 10
FIRST_NEWS = 2.0

OFFLINE_MESSAGES = 500
SENDS_IN_FLIGHT = 50

# A file on its way up or down, on a machine that has other things to do.
TRANSFER = 120.0
SLOW_OPERATIONS = {"send_file", "send_photo", "send_album", "download"}
SMALL_FILE_BYTES = 300_000
BIG_FILE_BYTES = 40 * 1024 * 1024
VOICE_BYTES = 20_000
CHUNK_BYTES = 4096
FILE_REFERENCE_SECONDS = 3
STALE_TRIES = 100
STALE_PAUSE = 0.1

KILL_MESSAGES = 10_000
KILL_AFTER_MESSAGES = 4_000
KILL_SENDS_IN_FLIGHT = 400
KILL_WITHIN = 120.0
# Messages before a backup, and as many after it, which are lost; how often, and for how long, a client that has seen more
# than was restored may take to hear news again.
BACKUP_MESSAGES = 30
BACKUP_TRIES = 5
BACKUP_HEARD = 3.0

DISK_FULL_SENDS = 20_000
DISK_ROOM = 30.0
DISK_RETRY = 0.25
