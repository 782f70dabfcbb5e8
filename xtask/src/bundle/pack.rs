//! esbuild: the plain module in few small files.
//!
//! The sources need no bundler: what stands in target/plain runs in a browser as it is. A login page would load it in
//! 20 requests, though, and pay for every comment and long name in it: 36 400 bytes of script and sentences (gzip -9) in
//! 18 files against 16 500 in one, and 3 100 more only where English is wanted. So what is shipped is packed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Profile;
use crate::process;
use crate::tree::Tree;

/// What the portal's pages and npm's `exports` name. Packed one by one: files that both share would cost the login page
/// a request and the compression across the cut.
pub(super) const ENTRIES: &[&str] = &["calock.js", "api.js"];
/// Stays in every packed file.
const NOTICE: &str = "/*! calock, MIT OR Apache-2.0 */";
/// The first Chrome with WebHID. It knows `?.`; esbuild rewrites that for versions below 91 because they fail at
/// `a?.(...b)`, which the sources never write.
const TARGET: &[&str] = &["--target=chrome89", "--supported:optional-chain=true"];

/// Packs the script `from` in `plain` with everything it imports, except what `outside` names; the result and its source map
/// are written into `folder` as `name`. Returns the files that went into it, relative to `plain`.
pub(super) fn script(
    tree: &Tree,
    plain: &Path,
    from: &str,
    outside: &[String],
    folder: &Path,
    name: &str,
    profile: Profile,
) -> Result<Vec<String>> {
    let contents = folder.join("contents.json");
    let mut command = esbuild(tree);
    // Source maps name their sources relative to where they are; so does esbuild for a file that is left outside.
    command.current_dir(plain).arg(from).args(["--bundle", "--format=esm", "--charset=utf8"]).args(TARGET);
    command.args(["--log-level=warning", "--legal-comments=inline", "--sourcemap", "--source-root=calock:///"]);
    command.arg(format!("--banner:js={NOTICE}")).arg(format!("--outfile={}", folder.join(name).display()));
    command.args(outside.iter().map(|path| format!("--external:./{path}")));
    command.arg(format!("--metafile={}", contents.display()));
    if profile == Profile::Release {
        command.arg("--minify");
    }
    let shown = format!("esbuild {from} -> {name}");
    process::run_as(&mut command, &shown).with_context(|| format!("{name} cannot be packed"))?;
    let text = fs::read_to_string(&contents).with_context(|| format!("no {}", contents.display()))?;
    let contents: Value = serde_json::from_str(&text).context("esbuild lists what is in a file in another way now")?;
    let inputs = contents["inputs"].as_object().context("esbuild lists no inputs")?;
    Ok(inputs.keys().cloned().collect())
}

/// A style sheet without white space and comments, as a script's default export.
pub(super) fn style(tree: &Tree, source: &Path) -> Result<Vec<u8>> {
    let text = process::output(esbuild(tree).arg(source).args(["--minify", "--charset=utf8"]).args(TARGET))
        .with_context(|| format!("{} cannot be made smaller", source.display()))?;
    let text = Value::String(text.trim_end().to_owned());
    Ok(format!("// Made from {} by cargo xtask build.\nexport default {text};\n", name(source)).into_bytes())
}

/// A script of data without what only people need.
pub(super) fn small(tree: &Tree, source: &Path) -> Result<Vec<u8>> {
    let arguments = ["--minify", "--format=esm", "--charset=utf8"];
    Ok(process::output(esbuild(tree).arg(source).args(arguments).args(TARGET))?.into_bytes())
}

/// Where packed files are written before they are planned.
pub(super) fn folder(tree: &Tree) -> Result<PathBuf> {
    let folder = tree.target().join("packed");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// Through node: the packages' own installation scripts, which would put the program in place, are not run.
fn esbuild(tree: &Tree) -> Command {
    let mut command = Command::new("node");
    command.current_dir(tree.root()).arg(tree.at("node_modules/esbuild/bin/esbuild"));
    command
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
