//! What may not be called where, with the reason. Clippy bans by name what it can resolve; this bans what it cannot see
//! (attributes, macros, features) and says it for the whole tree in one table.

use super::Finding;
use crate::source::{self, Line};
use crate::tree::Tree;

/// Where a ban holds.
enum Scope {
    /// In every crate, tests included.
    Everywhere,
    /// In every crate, outside tests.
    OutsideTests,
    /// Outside tests, in every crate but these.
    AllBut(&'static [&'static str]),
    /// Outside tests, in these crates.
    In(&'static [&'static str]),
}

/// Crates that run in the deterministic simulator.
const PURE: Scope = Scope::In(&["platform", "mtproto", "tl"]);
const PURE_REASON: &str = "time, randomness and tasks are arguments here, so that the simulator can replay";
const SPOKEN: &str = "only programs speak to a terminal; log lines go through tracing";

const BANS: &[(&str, Scope, &str)] = &[
    (concat!("todo", "!("), Scope::Everywhere, "finish it or leave it out"),
    (concat!("unimplemented", "!("), Scope::Everywhere, "finish it or leave it out"),
    (concat!("#[", "ignore"), Scope::Everywhere, "a test that does not run proves nothing"),
    (concat!("dbg", "!("), Scope::Everywhere, "a leftover of debugging"),
    (concat!(".unwrap", "()"), Scope::OutsideTests, "return an error, or `expect` with the reason why it cannot fail"),
    (concat!("uns", "afe "), Scope::AllBut(&["crypto"]), "one crate alone holds unsafe code"),
    (concat!("SystemTime", "::now"), Scope::AllBut(&["kentong", "storm"]), "the wall clock steps; ask the Runtime"),
    (concat!("print", "ln!("), Scope::AllBut(&["kentong", "storm", "sim"]), SPOKEN),
    (concat!("std::process", "::exit"), Scope::OutsideTests, "skips the drain and the closing of the store"),
    (concat!("Instant", "::now"), PURE, PURE_REASON),
    (concat!("getrandom", "::"), PURE, PURE_REASON),
    (concat!("rand", "::rng"), PURE, PURE_REASON),
    (concat!("thread_", "rng"), PURE, PURE_REASON),
    (concat!("tokio::", "spawn"), PURE, PURE_REASON),
    (concat!("task::", "spawn"), PURE, PURE_REASON),
    (concat!("spawn_", "blocking"), PURE, PURE_REASON),
    (concat!("thread::", "spawn"), PURE, PURE_REASON),
    (concat!("time::", "sleep"), PURE, PURE_REASON),
    (
        concat!("thread::", "sleep"),
        Scope::In(&["platform", "mtproto", "tl", "api", "gateway", "web"]),
        "blocks a worker thread",
    ),
];

/// Every banned call.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let rust = tree.files.iter().filter(|file| file.path.ends_with(".rs") && source::crate_of(&file.path).is_some());
    rust.flat_map(|file| check_file(&file.path, &source::lines(file))).collect()
}

fn check_file(path: &str, lines: &[Line<'_>]) -> Vec<Finding> {
    let name = source::crate_of(path).unwrap_or_default();
    let speaks = ["/build.rs", "/build/", "/examples/"].iter().any(|part| path.contains(part));
    let mut findings = Vec::new();
    for line in lines {
        for (pattern, scope, reason) in BANS {
            let holds = holds(scope, name, line.in_tests) && !(speaks && *reason == SPOKEN);
            if holds && contains_word(&line.code, pattern) {
                let text = format!("{} is banned here: {reason}", pattern.trim_end_matches(['(', ' ']));
                findings.push(Finding { path: path.to_owned(), line: line.number, text });
            }
        }
    }
    findings
}

/// The pattern, not as the end of a longer name.
fn contains_word(code: &str, pattern: &str) -> bool {
    let begins_name = pattern.starts_with(|first: char| first.is_alphanumeric());
    code.match_indices(pattern).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !begins_name || !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

fn holds(scope: &Scope, name: &str, in_tests: bool) -> bool {
    match scope {
        Scope::Everywhere => true,
        Scope::OutsideTests => !in_tests,
        Scope::AllBut(crates) => !in_tests && !crates.contains(&name),
        Scope::In(crates) => !in_tests && crates.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn clocks_are_banned_in_pure_crates_only() {
        let text = concat!("let now = Instant", "::now();");
        assert_eq!(found("crates/mtproto/src/session.rs", text), 1);
        assert_eq!(found("crates/gateway/src/lib.rs", text), 0);
        assert_eq!(found("crates/platform/tests/a.rs", text), 0);
    }

    #[test]
    fn unwrap_is_for_tests() {
        let text =
            concat!("fn a() { b().unwrap", "(); }\n#[cfg(test)]\nmod tests {\n    fn c() { d().unwrap", "(); }\n}\n");
        assert_eq!(found("crates/api/src/a.rs", text), 1);
        assert_eq!(found("crates/api/src/a.rs", "fn a() { b().unwrap_or(1); }"), 0);
    }

    #[test]
    fn ignored_tests_are_found_even_in_tests() {
        assert_eq!(found("crates/api/tests/a.rs", concat!("#[", "ignore]\nfn a() {}")), 1);
    }

    #[test]
    fn unsafe_is_for_crypto() {
        let text = concat!("let a = uns", "afe { b() };");
        assert_eq!(found("crates/store/src/a.rs", text), 1);
        assert_eq!(found("crates/crypto/src/ffi.rs", text), 0);
    }

    #[test]
    fn words_in_comments_and_longer_names_are_no_calls() {
        assert_eq!(found("crates/platform/src/a.rs", concat!("// Instant", "::now\n")), 0);
        assert_eq!(found("crates/platform/src/a.rs", concat!("MyInstant", "::now()")), 0);
        assert_eq!(found("crates/tl/build.rs", concat!("print", "ln!(\"cargo:x\");")), 0);
    }
}
