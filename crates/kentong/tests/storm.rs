//! The load of `kentong storm`, against the program that it comes with: small, but whole.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn kentong(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kentong")).args(arguments).output().expect("the program starts")
}

fn storm(json: &Path, arguments: &[&str]) -> Value {
    let file = json.to_str().expect("a plain name");
    let output = kentong(&[&["storm", "--silent", "--json", file], arguments].concat());
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON")
}

#[test]
fn newcomers_are_counted_with_what_they_cost() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("signup.json");
    let outcome = storm(&json, &["signup", "--seconds", "2", "--window", "4", "--temporary", "0.5"]);
    assert!(outcome["latencies"]["signup"]["count"].as_u64() > Some(0), "{outcome}");
    assert!(outcome["server_cpu"]["user_ms"].as_u64() > Some(0), "{outcome}");
    assert!(outcome["bare"]["rsa_us"].as_f64() > Some(0.0), "{outcome}");
}

#[test]
fn people_written_beforehand_talk_and_every_message_arrives() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("pairs.json");
    let arguments = ["pairs", "--population", "12", "--population-temporary", "0.5", "--temporary", "0.5"];
    let outcome = storm(&json, &[&arguments[..], &["--pairs", "6", "--seconds", "2"]].concat());
    assert!(outcome["latencies"]["delivery"]["count"].as_u64() > Some(0), "{outcome}");
    assert_eq!(outcome["findings"], Value::Array(Vec::new()));
}

#[test]
fn others_are_connected_while_pairs_talk() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("pairs.json");
    let arguments = ["pairs", "--population", "9", "--pairs", "2", "--bystanders", "5", "--seconds", "1"];
    let outcome = storm(&json, &arguments);
    assert_eq!((&outcome["connections"], &outcome["findings"]), (&9.into(), &Value::Array(Vec::new())));
    let too_many = ["storm", "--silent", "pairs", "--population", "8", "--pairs", "2", "--bystanders", "5"];
    assert!(!kentong(&too_many).status.success(), "they come from the population, too");
}

#[test]
fn a_day_tells_what_those_notice_who_are_here() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("day.json");
    let arguments = ["day", "--population", "4", "--pairs", "2", "--peak", "8", "--messages", "20", "--seconds", "6"];
    let outcome = storm(&json, &arguments);
    let parts = outcome["parts"].as_array().expect("parts");
    let counts = parts.iter().map(|part| part[1]["count"].as_u64().expect("a number"));
    let all = outcome["latencies"]["delivery"]["count"].as_u64().expect("a number");
    assert_eq!((parts.len(), counts.sum()), (3, all), "{outcome}");
    assert!(all >= 120, "{outcome}");
    assert!(outcome["latencies"]["signup"]["count"].as_u64() > Some(8), "{outcome}");
}

#[test]
fn a_fleet_may_come_as_browsers_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("pairs.json");
    let arguments = ["pairs", "--population", "4", "--pairs", "2", "--seconds", "1", "--transport", "websocket"];
    let outcome = storm(&json, &arguments);
    assert!(outcome["latencies"]["delivery"]["count"].as_u64() > Some(0), "{outcome}");
    assert_eq!(outcome["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_herd_comes_back_after_the_server_died() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("herd.json");
    let outcome = storm(&json, &["herd", "--population", "10", "--people", "10", "--transport", "abridged"]);
    assert_eq!(outcome["latencies"]["served"]["count"], 10, "{outcome}");
}

#[test]
fn only_loopback_is_stormed_and_nobody_seeds_over_people() {
    let log = ["--server-log", "/dev/null"];
    let output = kentong(&[&["storm", "--address", "192.0.2.1:4430"], &log[..], &["signup"]].concat());
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback"));
    let output = kentong(&[&["storm", "--address", "192.0.2.1:4430", "--anywhere"], &log[..], &["signup"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--i-run-that-server"));

    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a plain name");
    assert!(kentong(&["--data", data, "seed", "--people", "3"]).status.success());
    let again = kentong(&["--data", data, "seed", "--people", "3"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("somebody has an account"), "{again:?}");
}

#[test]
fn a_day_is_planned_from_figures() {
    let output = kentong(&["plan", "--signups-per-day", "70000000", "--peak", "10"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("Machines:"), "{output:?}");
    assert!(!kentong(&["plan", "--peak", "0"]).status.success());
}
