//! Any bytes for `mtproto::fuzzing::transport`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mtproto::fuzzing::transport(input));
