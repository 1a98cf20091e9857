//! Any bytes for `mtproto::fuzzing::handshake`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mtproto::fuzzing::handshake(input));
