//! Any bytes for `tl::fuzzing::updates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tl::fuzzing::updates(input));
