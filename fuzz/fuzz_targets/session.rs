//! Any bytes for `mtproto::fuzzing::session`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mtproto::fuzzing::session(input));
