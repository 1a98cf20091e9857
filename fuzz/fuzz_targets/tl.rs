//! Any bytes for `tl::fuzzing::tl`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tl::fuzzing::tl(input));
