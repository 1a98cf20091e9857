//! The commands beside `serve`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Server, fail, kentong, succeed};
use tempfile::tempdir;

#[test]
fn the_committed_page_of_the_configuration_is_the_generated_one() {
    let folder = tempdir().unwrap();
    let generated = succeed(folder.path(), &["config", "example", "--markdown"]);
    // Asked at run time: clones may share a build folder.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let page = std::path::Path::new(&here).join("../../docs/configuration.md");
    let committed = std::fs::read_to_string(page).unwrap_or_default();
    assert!(committed == generated, "docs/configuration.md is stale: run make docs");
}

#[test]
fn the_example_passes_its_own_check() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("kentong.toml");
    std::fs::write(&file, succeed(folder.path(), &["config", "example"])).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(succeed(folder.path(), &["config", "check", "--config", file]), "the configuration is fine\n");
}

#[test]
fn mistakes_are_refused_in_one_line_that_says_where() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("kentong.toml");
    std::fs::write(&file, "[server]\nhome_dc = 2\nlisten = [\"0.0.0.0\"]\n").unwrap();
    for command in [&["config", "check"][..], &["serve"]] {
        let refusal = fail(folder.path(), &[command, &["--config", file.to_str().unwrap()]].concat());
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
        assert!(refusal.contains("kentong.toml:3: "), "{refusal}");
    }
    let output = kentong().args(["config", "check"]).env("KENTONG_SERVER_LISSTEN", "x").output().unwrap();
    assert!(!output.status.success());
    let refusal = String::from_utf8(output.stderr).unwrap();
    assert!(refusal.contains("KENTONG_SERVER_LISSTEN"), "{refusal}");
}

#[test]
fn connect_needs_a_key_and_then_has_every_snippet() {
    let folder = tempdir().unwrap();
    assert!(fail(folder.path(), &["connect"]).contains("start the server once"));
    let server = Server::start(folder.path());
    let address = server.address.unwrap();
    let all = succeed(folder.path(), &["connect"]);
    assert!(all.contains(&address.to_string()), "{all}");
    let port = address.port().to_string();
    for client in ["telethon", "mtcute", "gramjs", "pyrogram", "kurigram", "tdlib", "desktop", "apps"] {
        let text = succeed(folder.path(), &["connect", "--for", client]);
        assert!(text.contains(&port) && !text.contains('%'), "{client}: {text}");
    }
    server.stop();
    assert!(succeed(folder.path(), &["connect"]).contains(&address.to_string()), "it works without the server too");
}

#[test]
fn python_accepts_the_python_snippets() {
    let folder = tempdir().unwrap();
    Server::start(folder.path()).stop();
    for client in ["telethon", "pyrogram"] {
        let text = succeed(folder.path(), &["connect", "--for", client]);
        let compile = "import sys; compile(sys.argv[1], 'snippet', 'exec')";
        match std::process::Command::new("python3").args(["-c", compile, &text]).output() {
            Ok(output) => assert!(output.status.success(), "{client}: {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "python3 is optional here"),
        }
    }
}

#[test]
fn methods_are_counted() {
    let folder = tempdir().unwrap();
    let summary = succeed(folder.path(), &["methods", "--summary"]);
    let count = |name: &str| -> usize {
        summary.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).expect("the count is there")
    };
    let total = count("real=") + count("empty=") + count("refused=");
    let all = succeed(folder.path(), &["methods"]);
    assert_eq!(all.lines().count(), total + 1, "{summary}");
    assert!(all.ends_with(&summary));
}
