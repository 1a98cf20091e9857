//! What is shipped has no failpoints: neither the names of places nor the variable that would arm them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

/// What only a binary with failpoints contains.
const TRACES: [&str; 4] =
    ["KENTONG_FAILPOINTS", "store.commit.before_write", "blobs.put.before", "gateway.rpc.before_answer"];

fn holds(binary: &[u8], trace: &str) -> bool {
    binary.windows(trace.len()).any(|window| window == trace.as_bytes())
}

/// With the feature on, this same look finds every one of them: it is not blind.
#[test]
fn the_binary_has_failpoints_only_when_it_was_asked_to() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_kentong")).unwrap();
    for trace in TRACES {
        assert_eq!(holds(&binary, trace), cfg!(feature = "failpoints"), "{trace}");
    }
}
