//! The stages of `cargo xtask test`, in the order they run: the quickest to fail first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Outcome, fuzz};
use crate::bundle::{self, Profile};
use crate::demo;
use crate::process;
use crate::setup::{Need, WASM};
use crate::size;
use crate::tree::Tree;

/// One group of tests.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) needs: &'static [Need],
    pub(super) run: fn(&Tree) -> Result<Outcome>,
}

/// The stage that runs only when it is asked for.
pub(super) const REAL_KERNEL: &str = "real-kernel";

pub(super) const STAGES: &[Stage] = &[
    Stage { name: "fmt", title: "rustfmt changes nothing", needs: &[Need::Components], run: fmt },
    Stage {
        name: "clippy",
        title: "lints, native and wasm32",
        needs: &[Need::Components, Need::RustTarget],
        run: clippy,
    },
    Stage {
        name: "native",
        title: "unit and integration tests",
        needs: &[Need::OpenSsl, Need::Python, Need::PostgreSql, Need::Judges],
        run: native,
    },
    Stage { name: "doc", title: "documentation without warnings", needs: &[Need::RustTarget], run: doc },
    Stage { name: "build", title: "pkg/dist and its size", needs: &[Need::RustTarget], run: build },
    Stage { name: "types", title: "index.d.ts against a strict consumer", needs: &[Need::Node], run: types },
    Stage {
        name: "web",
        title: "wasm-bindgen tests in headless Chromium",
        needs: &[Need::RustTarget, Need::Chromium],
        run: web,
    },
    Stage {
        name: "e2e",
        title: "a person's steps in headless Chromium",
        needs: &[Need::RustTarget, Need::Node, Need::Chromium, Need::OpenSsl, Need::Python, Need::Judges],
        run: e2e,
    },
    Stage {
        name: "rig",
        title: "the same steps through Chromium's real WebHID, WebUSB and choosers",
        needs: &[Need::RustTarget, Need::Node, Need::Chromium, Need::OpenSsl, Need::Python, Need::Screen],
        run: rig,
    },
    Stage {
        name: REAL_KERNEL,
        title: "the rig against Debian's own kernel; only when asked for",
        needs: &[Need::RustTarget, Need::Node, Need::Chromium, Need::Python, Need::Qemu],
        run: real_kernel,
    },
    Stage { name: "fuzz", title: "every fuzz target for a while", needs: &[], run: fuzz::fuzz },
];

/// Seconds for one file of browser tests; each test in it has a limit of its own. A page that hangs must not hang the run.
const BROWSER_FILE_SECONDS: u32 = 900;

fn fmt(tree: &Tree) -> Result<Outcome> {
    process::run(process::cargo(tree).args(["fmt", "--all", "--check"])).context("`cargo fmt --all` puts it right")?;
    Ok(Outcome::Passed)
}

fn clippy(tree: &Tree) -> Result<Outcome> {
    let deny = ["--", "-D", "warnings"];
    let native =
        process::run(process::cargo(tree).args(["clippy", "--workspace", "--all-targets", "--keep-going"]).args(deny));
    // What each wasm is built with.
    let modules = [&[][..], &["--features", "full"], &bare("virtual"), &bare("ofd-sign"), &bare("view"), &bare("pdf")]
        .map(|features| {
            let wasm = ["clippy", "--package", "calock", "--lib", "--target", WASM];
            process::run(process::cargo(tree).args(wasm).args(features).args(deny))
        });
    native?;
    modules.into_iter().collect::<Result<()>>()?;
    Ok(Outcome::Passed)
}

fn bare(feature: &str) -> [&str; 3] {
    ["--no-default-features", "--features", feature]
}

fn native(tree: &Tree) -> Result<Outcome> {
    // xtask is tested apart: together with the others its dependencies would be built a second time, with other features.
    let project =
        process::run(process::cargo(tree).args(["test", "--workspace", "--exclude", "xtask", "--no-fail-fast"]));
    let xtask = process::run(process::cargo(tree).args(["test", "--package", "xtask"]));
    project.and(xtask)?;
    Ok(Outcome::Passed)
}

fn doc(tree: &Tree) -> Result<Outcome> {
    let rustdoc = |arguments: &[&str]| {
        process::run(process::cargo(tree).args(["doc", "--no-deps"]).args(arguments).env("RUSTDOCFLAGS", "-D warnings"))
    };
    rustdoc(&["--workspace"]).and(rustdoc(&["--package", "calock", "--target", WASM]))?;
    Ok(Outcome::Passed)
}

fn build(tree: &Tree) -> Result<Outcome> {
    bundle::build(tree, Profile::Release)?;
    size::gate(&tree.dist())?;
    Ok(Outcome::Passed)
}

fn types(tree: &Tree) -> Result<Outcome> {
    let tsc = tree.at("node_modules/typescript/bin/tsc");
    process::run(Command::new("node").current_dir(tree.root()).arg(tsc).args(["--project", "tests/types"]))?;
    Ok(Outcome::Passed)
}

fn web(tree: &Tree) -> Result<Outcome> {
    if !tree.at("tests/web.rs").is_file() {
        return Ok(Outcome::Skipped("no tests/web.rs".into()));
    }
    let mut command = process::cargo(tree);
    command.args(["test", "--package", "calock", "--target", WASM, "--test", "web"]);
    // The runner's own 20 s are for all tests together, and a debug wasm is slow at curves.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    // Where Firefox's driver is installed too, the runner would take that one.
    if let Some(driver) = process::on_path("chromedriver") {
        command.env("CHROMEDRIVER", driver);
    }
    process::run(&mut command)?;
    Ok(Outcome::Passed)
}

fn e2e(tree: &Tree) -> Result<Outcome> {
    prepare_portal(tree)?;
    let login = browser_tests(tree, &tree.at("tests/e2e"));
    let pages = browser_tests(tree, &tree.at("tests/e2e/pages"));
    let portals = browser_tests(tree, &tree.at("tests/e2e/portals"));
    login.and(pages).and(portals)?;
    Ok(Outcome::Passed)
}

fn rig(tree: &Tree) -> Result<Outcome> {
    let folder = tree.at("tests/rig");
    if !folder.is_dir() {
        return Ok(Outcome::Skipped("no tests/rig".into()));
    }
    prepare_portal(tree)?;
    let mut unit = Command::new("python3");
    unit.current_dir(&folder).args(["-m", "unittest", "discover", "--verbose", "--pattern", "test_*.py"]);
    let unit = process::run(unit.env("CALOCK", tree.calock()));
    let browser = browser_tests(tree, &tree.at("tests/e2e/rig"));
    unit.and(browser)?;
    Ok(Outcome::Passed)
}

/// What is downloaded for it stays in target/real-kernel.
fn real_kernel(tree: &Tree) -> Result<Outcome> {
    prepare_portal(tree)?;
    let mut compare = Command::new("python3");
    compare.current_dir(tree.root()).arg("tests/rig/real_kernel.py").arg(tree.calock());
    process::run(compare.arg(tree.target().join("real-kernel")))?;
    Ok(Outcome::Passed)
}

/// pkg/dist and the `calock` command, when the stages before did not make them.
fn prepare_portal(tree: &Tree) -> Result<()> {
    bundle::build(tree, Profile::Release)?;
    demo::build_calock(tree)
}

/// Runs the `*.test.mjs` files that stand in a folder; not those in folders below it.
fn browser_tests(tree: &Tree, folder: &Path) -> Result<()> {
    let mut command = Command::new("node");
    command.current_dir(tree.root()).args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    command.arg(format!("--test-timeout={}", BROWSER_FILE_SECONDS * 1000));
    command.args(files_ending(folder, ".test.mjs")?).env("CALOCK", tree.calock());
    process::run(&mut command)
}

fn files_ending(folder: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(end) {
            files.push(path);
        }
    }
    files.sort();
    anyhow::ensure!(!files.is_empty(), "no {end} files in {}", folder.display());
    Ok(files)
}
