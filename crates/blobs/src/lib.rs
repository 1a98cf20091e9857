//! Media bytes, over `object_store`: written aside, synced and renamed before anything names them.
