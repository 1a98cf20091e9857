//! The inventory is valid as a whole, and its documentation is the committed one.

use std::collections::HashSet;
use std::path::Path;

#[test]
fn names_are_unique_well_formed_and_explained() {
    let mut seen = HashSet::new();
    for metric in metrics::INVENTORY {
        let description = metric.description();
        let name = description.name;
        assert!(seen.insert(name), "{name} appears twice");
        assert!(name.starts_with("kentong_"), "{name} does not begin with kentong_");
        assert!(
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
            "{name} has odd characters"
        );
        assert!(description.help.ends_with('.'), "the help of {name} is no sentence");
        assert_eq!(description.kind == "counter", name.ends_with("_total"), "only counters end in _total: {name}");
    }
}

#[test]
fn what_was_counted_is_rendered() {
    metrics::BUS_DROPPED.add(2);
    metrics::BUS_DROPPED.inc();
    metrics::RPC_CALLS.inc("ok");
    metrics::STORE_QUEUE_BYTES.set(7);
    metrics::STORE_COMMIT_SECONDS.observe(0.003);
    let text = metrics::render();
    for line in [
        "kentong_bus_dropped_total 3",
        "kentong_api_calls_total{outcome=\"ok\"} 1",
        "kentong_store_queue_bytes 7",
        "kentong_store_commit_seconds_count 1",
        "kentong_store_commit_seconds_bucket{le=\"0.005\"} 1",
        "kentong_store_commit_seconds_bucket{le=\"0.0025\"} 0",
        "# HELP kentong_ready ",
    ] {
        assert!(text.contains(line), "missing {line} in\n{text}");
    }
}

#[test]
fn the_committed_documentation_is_the_generated_one() {
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let path = Path::new(&here).join("../../docs/metrics.md");
    let generated = metrics::documentation();
    if std::env::var_os("KENTONG_BLESS").is_some() {
        std::fs::write(&path, &generated).expect("docs/metrics.md can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/metrics.md is stale: run KENTONG_BLESS=1 cargo test -p kentong-metrics");
}
