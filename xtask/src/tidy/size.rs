//! How long files and functions are. Single ones may be long where that reads best; the tree as a whole may not.

use super::Finding;
use crate::source;
use crate::tree::Tree;

/// Lines that 95 % of files keep to.
const FILE_USUAL_LINES: usize = 600;
/// Lines that no file passes.
const FILE_MAX_LINES: usize = 1_200;
/// Lines that 95 % of functions outside tests keep to.
const FUNCTION_USUAL_LINES: usize = 50;

/// Findings, and a line of numbers.
pub fn check(tree: &Tree) -> (Vec<Finding>, String) {
    let rust = || tree.files.iter().filter(|file| file.path.ends_with(".rs"));
    let mut findings: Vec<_> = rust()
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, length)| *length > FILE_MAX_LINES)
        .map(|(file, length)| Finding {
            path: file.path.clone(),
            line: 0,
            text: format!("{length} lines: split it (at most {FILE_MAX_LINES})"),
        })
        .collect();
    let files: Vec<usize> = rust().map(|file| file.text.lines().count()).collect();
    let functions: Vec<usize> = rust().flat_map(code_functions).collect();
    findings.extend(over("files", &files, FILE_USUAL_LINES));
    findings.extend(over("functions", &functions, FUNCTION_USUAL_LINES));
    (findings, measures(&files, &functions))
}

fn code_functions(file: &crate::tree::SourceFile) -> Vec<usize> {
    let code: Vec<_> = source::lines(file).into_iter().filter(|line| !line.in_tests).collect();
    source::function_lengths(&code)
}

fn over(what: &str, lengths: &[usize], usual: usize) -> Option<Finding> {
    let long = lengths.iter().filter(|length| **length > usual).count();
    (long * 20 > lengths.len()).then(|| Finding {
        path: "crates".to_owned(),
        line: 0,
        text: format!("{long} of {} {what} have more than {usual} lines (at most 5 % may)", lengths.len()),
    })
}

fn measures(files: &[usize], functions: &[usize]) -> String {
    format!(
        "files: median {}, 95th percentile {}; functions: median {}, 95th percentile {}",
        percentile(files, 50),
        percentile(files, 95),
        percentile(functions, 50),
        percentile(functions, 95)
    )
}

fn percentile(lengths: &[usize], percent: usize) -> usize {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_endless_file_is_found() {
        let long = "\n".repeat(FILE_MAX_LINES + 1);
        let (findings, _) = check(&Tree::sample(&[("crates/a/src/b.rs", &long)]));
        assert!(findings.iter().any(|finding| finding.path == "crates/a/src/b.rs"));
    }

    #[test]
    fn many_long_functions_are_found_and_one_of_many_is_not() {
        let long = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(60));
        assert_eq!(check(&Tree::sample(&[("crates/a/src/b.rs", &long)])).0.len(), 1);
        let mostly_short = long + &"fn c() {}\n".repeat(30);
        assert!(check(&Tree::sample(&[("crates/a/src/b.rs", &mostly_short)])).0.is_empty());
    }

    #[test]
    fn percentiles_are_of_the_sorted_list() {
        assert_eq!(percentile(&[3, 1, 2], 50), 2);
        assert_eq!(percentile(&[], 95), 0);
    }
}
