//! Checks of the tree that no compiler makes: `cargo xtask tidy`, or `cargo run -p xtask -- tidy`.

mod source;
mod tidy;
mod tree;

use std::process::ExitCode;

use tree::Tree;

fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy(),
        _ => {
            eprintln!("usage: xtask tidy");
            Ok(ExitCode::from(2))
        }
    }
}

fn tidy() -> anyhow::Result<ExitCode> {
    let tree = Tree::of_workspace()?;
    let report = tidy::run(&tree);
    for finding in &report.findings {
        println!("{finding}");
    }
    println!("tidy: {}", report.measures);
    println!("tidy: {} files, {} findings", tree.files.len(), report.findings.len());
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
