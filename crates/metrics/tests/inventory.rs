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
fn quantiles_are_read_off_what_was_observed() {
    for _ in 0..90 {
        metrics::STORE_STALL_SECONDS.observe(0.003);
    }
    let before = metrics::STORE_STALL_SECONDS.observed();
    assert_eq!(before.since(&before).quantile(0.5), None);
    for _ in 0..10 {
        metrics::STORE_STALL_SECONDS.observe(0.3);
    }
    let all = metrics::STORE_STALL_SECONDS.observed();
    assert!((0.0025..=0.005).contains(&all.quantile(0.5).expect("observed")));
    assert!((0.25..=0.5).contains(&all.quantile(0.99).expect("observed")));
    assert!((0.25..=0.5).contains(&all.since(&before).quantile(0.01).expect("observed")));
    assert_eq!(all.since(&before).count(), 10);
    metrics::STORE_STALL_SECONDS.observe(1_000.0);
    assert_eq!(metrics::STORE_STALL_SECONDS.observed().quantile(1.0), Some(10.0), "the last bound");
}

#[test]
fn values_of_a_label_are_summed() {
    metrics::BAD_MESSAGE.add("16", 2);
    metrics::BAD_MESSAGE.inc("17");
    assert_eq!(metrics::BAD_MESSAGE.total(), 3);
}

#[test]
fn the_committed_documentation_is_the_generated_one() {
    compare("docs/metrics.md", &metrics::documentation());
    compare("docs/grafana.json", &metrics::dashboard());
}

#[test]
fn the_dashboard_draws_every_metric() {
    let dashboard: serde_json::Value = serde_json::from_str(&metrics::dashboard()).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let drawn: Vec<&str> = panels
        .iter()
        .filter(|panel| panel["type"] == "timeseries")
        .filter_map(|panel| panel["title"].as_str())
        .collect();
    let known: Vec<&str> = metrics::INVENTORY.iter().map(|metric| metric.description().name).collect();
    assert_eq!(drawn, known);
    let mut places = HashSet::new();
    for panel in panels {
        assert!(places.insert((panel["gridPos"]["x"].as_u64(), panel["gridPos"]["y"].as_u64())), "two at one place");
    }
}

fn compare(name: &str, generated: &str) {
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let path = Path::new(&here).join("../..").join(name);
    if std::env::var_os("KENTONG_BLESS").is_some() {
        std::fs::write(&path, generated).expect("it can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "{name} is stale: run KENTONG_BLESS=1 cargo test -p kentong-metrics");
}
