//! wasm-bindgen as a library: the tool and the crate stand in one Cargo.lock, so their versions cannot differ.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli::{wasm_bindgen, wasm_bindgen_test_runner};

/// The command line of `wasm-bindgen`, untouched.
pub(crate) fn bindgen(arguments: &[OsString]) -> Result<()> {
    wasm_bindgen::run_cli_with_args(with_name("wasm-bindgen", arguments))
}

/// The command line of `wasm-bindgen-test-runner`, untouched.
pub(crate) fn test_runner(arguments: &[OsString]) -> Result<()> {
    wasm_bindgen_test_runner::run_cli_with_args(with_name("wasm-bindgen-test-runner", arguments))
}

/// The two files wasm-bindgen makes of one wasm for `--target web`.
pub(crate) struct Bound {
    /// The loader, an ES module.
    pub(crate) script: PathBuf,
    /// The wasm it loads.
    pub(crate) wasm: PathBuf,
}

/// Binds `input` into `folder` as `NAME.js` and `NAME_bg.wasm`; does nothing when that was done with the same bytes.
///
/// No wasm-opt runs on the result. Measured with binaryen 132 on an earlier, larger module, raw and `gzip -9`: as it is 260 348 and
/// 103 192 bytes, `-O1` 250 447 and 101 758, `-Oz` 235 223 and 102 511. What travels hardly changes and speed does not; a
/// 100 MB tool is not worth that, and on a larger module `-Oz` made the compressed file an eighth larger.
pub(crate) fn bind(input: &Path, folder: &Path, name: &str, keep_names: bool) -> Result<Bound> {
    let bound = Bound { script: folder.join(format!("{name}.js")), wasm: folder.join(format!("{name}_bg.wasm")) };
    let stamp = folder.join("input.sha256");
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let digest = hex(&Sha256::digest(&bytes));
    let fresh = fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == digest);
    if fresh && bound.script.is_file() && bound.wasm.is_file() {
        return Ok(bound);
    }

    let mut arguments: Vec<OsString> =
        ["--target", "web", "--no-typescript", "--out-name", name].map(Into::into).into();
    if !keep_names {
        arguments.extend(["--remove-name-section", "--remove-producers-section"].map(Into::into));
    }
    arguments.extend(["--out-dir".into(), folder.into(), input.into()]);
    bindgen(&arguments).with_context(|| format!("wasm-bindgen cannot bind {}", input.display()))?;
    fs::write(&stamp, digest).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(bound)
}

fn with_name(name: &str, arguments: &[OsString]) -> Vec<OsString> {
    std::iter::once(name.into()).chain(arguments.iter().cloned()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
