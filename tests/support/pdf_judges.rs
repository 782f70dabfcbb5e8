//! Other programs as judges of PDF files. One that is not installed is said to be skipped.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used)] // a helper that cannot go on fails its test

use std::process::{Command, Output};

use serde_json::Value;

/// What a program said; `None` when it is not there.
pub fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            println!("skipped: no {program}");
            None
        }
    }
}

pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// pyHanko's word on each signature of each file; `None` without it.
pub fn hanko(paths: &[String]) -> Option<Vec<Vec<Value>>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pdf_check/hanko.py");
    // Where `cargo xtask test` installs it.
    let python = concat!(env!("CARGO_TARGET_TMPDIR"), "/../tools/judges/bin/python3");
    let paths = paths.iter().map(String::as_str);
    let output = run(python, &[script].into_iter().chain(paths).collect::<Vec<_>>())?;
    assert!(output.status.success(), "{}", text(&output));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
