//! Other programs that judge PDF files. One that is not installed is said to be skipped.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a helper that cannot go on fails its test

pub mod raster;

use std::process::{Command, Output};

use serde_json::Value;

use raster::Raster;

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
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let said = with_hanko("hanko.py", &paths)?;
    Some(said.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What a script of `tests/pdf_check` prints, which needs pyHanko.
pub fn with_hanko(script: &str, arguments: &[&str]) -> Option<String> {
    // Where `cargo xtask test` installs it.
    let python = concat!(env!("CARGO_TARGET_TMPDIR"), "/../tools/judges/bin/python3");
    let script = format!("{}/tests/pdf_check/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = run(python, &[&[script.as_str()], arguments].concat())?;
    assert!(output.status.success(), "{}", text(&output));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The red of the seal in a picture of a page, in tenths of a millimetre: left, upper, right and lower edge.
pub fn red(picture: &[u8]) -> Option<[usize; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for (x, y, pixel) in Raster::read(picture).pixels() {
        if pixel[0] > 200 && pixel[1] < 128 && pixel[2] < 128 {
            let [left, top, right, low] = found.unwrap_or([x, y, x, y]);
            found = Some([left.min(x), top.min(y), right.max(x + 1), low.max(y + 1)]);
        }
    }
    found
}
