//! The checks, each a pure function from the tree to findings, with the reason in the finding.

mod calls;
mod layers;
mod size;
mod words;

use std::fmt;

use crate::tree::Tree;

/// Something to mend.
#[derive(Debug, PartialEq)]
pub struct Finding {
    /// Where.
    pub path: String,
    /// From 1; 0 means the file as a whole.
    pub line: usize,
    /// What and why.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// What was found and measured.
pub struct Report {
    /// Everything to mend.
    pub findings: Vec<Finding>,
    /// One line of numbers.
    pub measures: String,
}

/// Every check.
pub fn run(tree: &Tree) -> Report {
    let (mut findings, measures) = size::check(tree);
    findings.extend(layers::check(tree));
    findings.extend(calls::check(tree));
    findings.extend(words::check(tree));
    findings.sort_by(|left, right| (&left.path, left.line).cmp(&(&right.path, right.line)));
    Report { findings, measures }
}
