//! What texts must and may not say: every dependency has its reason, every module a header, every metric somebody who
//! counts, and no machine's paths.

use super::Finding;
use crate::source;
use crate::tree::{SourceFile, Tree};

const INVENTORY: &str = "crates/metrics/src/lib.rs";
const ARCHITECTURE: &str = "ARCHITECTURE.md";
/// Folders of particular machines.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Every text that lacks a word or has one too many.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = unexplained(tree);
    findings.extend(uncounted(tree));
    findings.extend(tree.files.iter().filter_map(missing_header));
    findings.extend(tree.files.iter().flat_map(machine_paths));
    findings
}

/// Crates and dependencies that ARCHITECTURE.md does not name, in backticks.
fn unexplained(tree: &Tree) -> Vec<Finding> {
    let Some(manifest) = tree.file("Cargo.toml") else { return Vec::new() };
    let text = tree.file(ARCHITECTURE).map(|file| file.text.as_str()).unwrap_or_default();
    let table: toml::Table = manifest.text.parse().unwrap_or_default();
    let dependencies = table.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table());
    let named = dependencies.into_iter().flat_map(toml::Table::keys).map(String::as_str);
    let crates = tree.manifests().map(|(name, _)| name);
    let mut missing: Vec<_> = named.chain(crates).filter(|name| !text.contains(&format!("`{name}`"))).collect();
    missing.sort_unstable();
    missing.dedup();
    let finding = |name: &str| Finding {
        path: ARCHITECTURE.to_owned(),
        line: 0,
        text: format!("`{name}` is not named: every crate has its room and every dependency its reason there"),
    };
    missing.into_iter().map(finding).collect()
}

/// Metrics of the inventory that no crate touches.
fn uncounted(tree: &Tree) -> Vec<Finding> {
    let Some(inventory) = tree.file(INVENTORY) else { return Vec::new() };
    let code: Vec<&SourceFile> = tree.files.iter().filter(|file| is_code_beside_inventory(&file.path)).collect();
    let declared =
        inventory.text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, declared_metric(line)?)));
    let idle = declared.filter(|(_, name)| !code.iter().any(|file| file.text.contains(name)));
    let finding = |(line, name)| Finding {
        path: INVENTORY.to_owned(),
        line,
        text: format!("nobody counts {name}: count it or take it out"),
    };
    idle.map(finding).collect()
}

fn is_code_beside_inventory(path: &str) -> bool {
    path.ends_with(".rs") && source::crate_of(path).is_some_and(|name| name != "metrics")
}

/// The constant that a row of the inventory declares.
fn declared_metric(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let is_row = matches!(words.next()?, "counter" | "counter_by" | "gauge" | "histogram");
    let name = words.next().filter(|_| is_row && words.next() == Some("="))?;
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_').then_some(name)
}

/// A module begins with what it is and why (STYLE 13).
fn missing_header(file: &SourceFile) -> Option<Finding> {
    let is_module = file.path.ends_with(".rs") && source::crate_of(&file.path).is_some();
    let is_module = is_module && !source::is_test_file(&file.path);
    (is_module && !file.text.starts_with("//!")).then(|| Finding {
        path: file.path.clone(),
        line: 1,
        text: "no header: say what the module is, why it is so and what it does not do".to_owned(),
    })
}

fn machine_paths(file: &SourceFile) -> Vec<Finding> {
    let hit = |text: &str| {
        MACHINE_PATHS
            .iter()
            .find(|path| text.split([' ', '"', '\'', '`', '(', '=']).any(|word| word.starts_with(**path)))
    };
    let finding = |(index, path): (usize, &&str)| Finding {
        path: file.path.clone(),
        line: index + 1,
        text: format!("{path} is a path of one machine"),
    };
    file.text.lines().enumerate().filter_map(|(index, text)| Some((index, hit(text)?))).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::sample(files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_dependency_without_reason_is_found() {
        let manifest = "[workspace.dependencies]\nbytes = \"1\"\nfjall = \"3\"\n";
        let found = texts(&[("Cargo.toml", manifest), (ARCHITECTURE, "`bytes` because")]);
        assert!(found.len() == 1 && found[0].contains("`fjall`"), "{found:?}");
    }

    #[test]
    fn a_crate_without_a_room_is_found() {
        let found = texts(&[("Cargo.toml", ""), ("crates/attic/Cargo.toml", "")]);
        assert!(found.len() == 1 && found[0].contains("`attic`"), "{found:?}");
    }

    #[test]
    fn a_module_without_a_header_is_found() {
        assert_eq!(texts(&[("crates/a/src/b.rs", "use c;\n")]).len(), 1);
        assert!(texts(&[("crates/a/src/b.rs", "//! What it is.\n")]).is_empty());
    }

    #[test]
    fn a_metric_that_nobody_counts_is_found() {
        let inventory = "//! x\ninventory! {\n    counter USED = \"a\";\n    gauge IDLE = \"b\";\n}\n";
        let found = texts(&[(INVENTORY, inventory), ("crates/bus/src/lib.rs", "//! x\nmetrics::USED.inc();")]);
        assert!(found.len() == 1 && found[0].contains(":4: nobody counts IDLE"), "{found:?}");
    }

    #[test]
    fn a_machines_path_is_found() {
        let path = format!("see `{}someone/x`\n", MACHINE_PATHS[2]);
        assert_eq!(texts(&[("docs/a.md", &path)]).len(), 1);
        assert!(texts(&[("docs/a.md", concat!("https://example.org/ho", "me/x"))]).is_empty());
    }
}
