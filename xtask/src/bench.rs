//! `cargo xtask bench`: measurements. They print figures and judge nothing, because a busy machine proves nothing; what can be
//! counted is judged by the tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::bundle::{self, Profile};
use crate::demo;
use crate::process;
use crate::setup::{self, Need};
use crate::size;
use crate::tree::Tree;

/// One measurement.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bench {
    /// Logins in headless Chromium: exchanges with the lock, and the module's own time.
    Login,
    /// Verdicts per second, beside OpenSSL's SM2 verify; locks bound per second, by two processes on one PostgreSQL.
    Portal,
    /// Sealing documents of 1, 50 and 200 MB in headless Chromium and natively, beside pyHanko, and hashing them with OpenSSL.
    Seal,
    /// What a login page loads.
    Size,
}

/// Runs one measurement, or all of them one after the other.
pub(crate) fn bench(tree: &Tree, only: Option<Bench>) -> Result<()> {
    let chosen = |bench| only.is_none_or(|only| only == bench);
    if chosen(Bench::Login) {
        in_chromium(tree, "tests/e2e/bench.mjs", &[])?;
    }
    if chosen(Bench::Portal) {
        portal(tree)?;
    }
    if chosen(Bench::Seal) {
        seal(tree)?;
    }
    if chosen(Bench::Size) {
        bundle::build(tree, Profile::Release)?;
        size::gate(&tree.dist())?;
    }
    Ok(())
}

fn seal(tree: &Tree) -> Result<()> {
    for need in [Need::OpenSsl, Need::Python, Need::Judges] {
        need.ensure(tree)?;
    }
    // What is measured is built for speed; the portal beside it need not be.
    process::run(process::cargo(tree).args(["build", "--profile", "native", "--package", "calock-cli"]))?;
    let calock = tree.target().join("native/calock");
    let more = [("CALOCK_NATIVE", calock), ("JUDGES_PYTHON", setup::judges_python(tree))];
    in_chromium(tree, "tests/e2e/seal-bench.mjs", &more)
}

fn in_chromium(tree: &Tree, script: &str, more: &[(&str, PathBuf)]) -> Result<()> {
    for need in [Need::RustTarget, Need::Node, Need::Chromium] {
        need.ensure(tree)?;
    }
    bundle::build(tree, Profile::Release)?;
    demo::build_calock(tree)?;
    let mut command = Command::new("node");
    command.current_dir(tree.root()).arg(tree.at(script)).env("CALOCK", tree.calock());
    command.envs(more.iter().map(|(name, path)| (name, path)));
    process::run(&mut command)
}

fn portal(tree: &Tree) -> Result<()> {
    for need in [Need::OpenSsl, Need::PostgreSql] {
        need.ensure(tree)?;
    }
    for (package, test, measurement) in
        [("calock-portal", "portal", "verdicts_per_second"), ("calock-cli", "cli", "binds_per_second")]
    {
        let mut command = process::cargo(tree);
        command.args(["test", "--profile", "native", "--package", package, "--test", test, "--"]);
        process::run(command.args(["--ignored", "--nocapture", measurement]))?;
    }
    Ok(())
}
