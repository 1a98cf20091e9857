//! Any bytes for `pictures::fuzzing::pictures`.
#![no_main]

// Panics of other people's decoders are caught: the hook that would end the run at the first of them is taken off.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |input: &[u8]| pictures::fuzzing::pictures(input));
