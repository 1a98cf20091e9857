//! Any bytes for `tl::fuzzing::result`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tl::fuzzing::result(input));
