//! Any bytes for `platform::fuzzing::media`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| platform::fuzzing::media(input));
