//! Sockets, connections, sessions and the fan-out of updates.
