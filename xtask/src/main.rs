//! Chores: `cargo xtask tidy` checks what no compiler checks, `cargo xtask bench-idle BINARY` measures an idle server.

mod bench_idle;
mod source;
mod tidy;
mod tree;

use std::process::ExitCode;

use tree::Tree;

fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy(),
        Some("bench-idle") => bench_idle(),
        _ => {
            eprintln!("usage: xtask tidy | xtask bench-idle BINARY");
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

fn bench_idle() -> anyhow::Result<ExitCode> {
    let binary = std::env::args().nth(2).unwrap_or_else(|| "target/release/kentong".to_owned());
    bench_idle::run(binary.as_ref())?;
    Ok(ExitCode::SUCCESS)
}
