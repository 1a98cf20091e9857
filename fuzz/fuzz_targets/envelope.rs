//! Any bytes for `mtproto::fuzzing::envelope`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mtproto::fuzzing::envelope(input));
