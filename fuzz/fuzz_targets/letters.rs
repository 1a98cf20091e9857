//! Any bytes for `platform::fuzzing::letters`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| platform::fuzzing::letters(input));
