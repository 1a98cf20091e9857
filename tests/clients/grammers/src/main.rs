//! Drives grammers clients for the suite: one JSON request a line on stdin, one JSON answer or event a line on stdout. It only
//! translates; what a scenario does and expects is written once, in Python. Logs go to stderr, one line a record.

mod clients;
mod exchange;
mod fault;
mod log;
mod media;
mod operations;
mod secrets;
mod views;

use std::io::Write;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Writes one line to the suite.
pub fn emit(line: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the suite reads");
}

async fn answer(line: String) {
    let asked: Value = serde_json::from_str(&line).expect("a request is JSON");
    let operation = asked["operation"].as_str().unwrap_or_default();
    match operations::perform(operation, &asked).await {
        Ok(result) => emit(&json!({ "request": asked["request"], "result": result })),
        Err(fault) => emit(&json!({ "request": asked["request"], "error": fault.told() })),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    log::start();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        tokio::spawn(answer(line));
    }
    Ok(())
}
