//! Any bytes for `pictures::fuzzing::pictures`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| pictures::fuzzing::pictures(input));
