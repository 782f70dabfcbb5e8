//! Everything a task needs that a fresh machine does not have, each installed when it is missing and with its reason said.

mod judges;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(crate) use judges::python as judges_python;

use crate::process;
use crate::tree::Tree;

/// The target of the browser module.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// Its lock file names versions that build with the nightly of 2026.
const CARGO_FUZZ: &str = "0.13.2";
/// playwright-core asks for it.
const NODE_MAJOR: u32 = 20;

/// One thing that must be there before a stage of the tests can run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// rustfmt and clippy.
    Components,
    /// Rust's standard library for wasm32.
    RustTarget,
    /// Chromium and chromedriver, and a font with Chinese letters.
    Chromium,
    /// node, and the packages of package-lock.json.
    Node,
    /// The OpenSSL command, the oracle for signatures and certificates.
    OpenSsl,
    /// A PostgreSQL server's programs; the portal's tests start one of their own.
    PostgreSql,
    /// python3, for the rig and for checks written apart from the Rust code.
    Python,
    /// Programs that judge sealed PDF files. Does not fail without them: the tests that ask them say so.
    Judges,
    /// A screen that nobody looks at, and keys to press on it.
    Screen,
    /// QEMU and udevd, for a guest with a real kernel.
    Qemu,
}

impl Need {
    /// Installs what is missing; does nothing, quickly, when nothing is.
    pub(crate) fn ensure(self, tree: &Tree) -> Result<()> {
        match self {
            Self::Components => components(tree),
            Self::RustTarget => rust_target(tree),
            Self::Chromium => {
                programs("the browser tests", &["chromium", "chromedriver"], &["chromium", "chromium-driver"])?;
                chinese_font()
            }
            Self::Node => node(tree),
            Self::OpenSsl => programs("checking signatures by another implementation", &["openssl"], &["openssl"]),
            Self::PostgreSql => postgresql(),
            Self::Python => programs("the WebHID rig", &["python3"], &["python3"]),
            Self::Judges => {
                judges::ensure(tree);
                Ok(())
            }
            Self::Screen => programs("pressing Chromium's own chooser", &["Xvfb", "xdotool"], &["xvfb", "xdotool"]),
            Self::Qemu => programs(
                "comparing the rig with a real kernel",
                &["qemu-system-x86_64", "udevadm"],
                &["qemu-system-x86", "udev"],
            ),
        }
    }
}

/// Adds the wasm32 target. Cargo does not do it by itself and fails with "can't find crate for `std`".
pub(crate) fn rust_target(tree: &Tree) -> Result<()> {
    // In the repository, so that rustup speaks of the toolchain that builds here.
    let installed = process::output(rustup(tree).args(["target", "list", "--installed"]))
        .context("rustup is needed to add the wasm32 target: https://rustup.rs")?;
    if installed.lines().any(|line| line.trim() == WASM) {
        return Ok(());
    }
    say("rust target", WASM, "the module in the browser is made for it");
    process::run(rustup(tree).args(["target", "add", WASM]))
}

/// cargo-fuzz in target/tools, or `None` where no nightly toolchain is installed: only nightly has the sanitizer hooks.
pub(crate) fn cargo_fuzz(tree: &Tree) -> Result<Option<PathBuf>> {
    let toolchains = process::output(rustup(tree).args(["toolchain", "list"]))?;
    if !toolchains.lines().any(|line| line.starts_with("nightly")) {
        return Ok(None);
    }
    let root = tree.target().join("tools");
    let program = root.join("bin/cargo-fuzz");
    let version = Command::new(&program).arg("--version").output();
    if version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(CARGO_FUZZ)) {
        return Ok(Some(program));
    }
    say("cargo-fuzz", CARGO_FUZZ, "it runs the fuzz targets");
    let mut install = process::cargo(tree);
    install.args(["install", "cargo-fuzz", "--version", &format!("={CARGO_FUZZ}"), "--locked", "--force", "--root"]);
    process::run(install.arg(&root))?;
    Ok(Some(program))
}

fn rustup(tree: &Tree) -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(tree.root());
    command
}

fn components(tree: &Tree) -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if process::output(process::cargo(tree).args([subcommand, "--version"])).is_err() {
            say("rust component", component, "the tests check style and lints");
            process::run(rustup(tree).args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// node and the packages in package-lock.json.
fn node(tree: &Tree) -> Result<()> {
    programs("packing the module and testing it in a browser", &["node", "npm"], &["nodejs", "npm"])?;
    let version = process::output(Command::new("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR) {
        bail!("node {} is too old: install version {NODE_MAJOR} or newer", version.trim());
    }
    let lock = tree.at("package-lock.json");
    // npm writes this file at the end of an installation that went through.
    let installed = tree.at("node_modules/.package-lock.json");
    if newer(&installed, &lock) {
        return Ok(());
    }
    say(
        "npm packages",
        "package-lock.json",
        "esbuild for the module; playwright-core, axe-core and typescript for its tests; no browser download",
    );
    process::run(Command::new("npm").current_dir(tree.root()).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    // npm may keep the file's time of an identical earlier installation.
    fs::File::options()
        .append(true)
        .open(&installed)
        .and_then(|file| file.set_modified(std::time::SystemTime::now()))
        .with_context(|| format!("npm ci did not write {}", installed.display()))
}

/// Whether `file` exists and is at least as new as `than`.
fn newer(file: &Path, than: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    matches!((time(file), time(than)), (Ok(file), Ok(than)) if file >= than)
}

/// Without one the screenshots show boxes. Other systems bring their own.
fn chinese_font() -> Result<()> {
    let fonts = || process::output(Command::new("fc-list").args([":lang=zh", "family"]));
    if !cfg!(target_os = "linux") || fonts().is_ok_and(|fonts| !fonts.trim().is_empty()) {
        return Ok(());
    }
    install("the pages are in Chinese", &["a font with Chinese letters"], &["fontconfig", "fonts-noto-cjk"])
}

/// Debian keeps a server's programs off the path, one folder a version.
fn postgresql() -> Result<()> {
    let mut versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if std::env::var_os("CALOCK_TEST_POSTGRES").is_some()
        || versions.any(|version| version.path().join("bin/initdb").is_file())
    {
        return Ok(());
    }
    install("the portal is tested on PostgreSQL too", &["initdb"], &["postgresql"])
}

/// Installs Debian packages when one of the programs is not on the path.
fn programs(reason: &str, programs: &[&str], packages: &[&str]) -> Result<()> {
    let missing: Vec<_> = programs.iter().filter(|program| process::on_path(program).is_none()).copied().collect();
    if missing.is_empty() { Ok(()) } else { install(reason, &missing, packages) }
}

/// Installs Debian packages; where that cannot be done, says what to install by hand.
fn install(reason: &str, missing: &[&str], packages: &[&str]) -> Result<()> {
    say("Debian packages", &packages.join(", "), reason);
    let by_hand =
        || format!("not installed: {}; install {} by hand and run this again", missing.join(", "), packages.join(", "));
    if process::on_path("apt-get").is_none() {
        bail!("{}", by_hand());
    }
    apt(&["update"]).with_context(by_hand)?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    apt(&install).with_context(by_hand)
}

/// apt-get, through sudo when we are not root; waits for another apt to finish.
fn apt(arguments: &[&str]) -> Result<()> {
    let root = process::output(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if root { Command::new("env") } else { Command::new("sudo") };
    if !root && std::env::var_os("CI").is_some() {
        command.arg("--non-interactive");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq"]).args(arguments);
    process::run(&mut command)
}

fn say(kind: &str, what: &str, reason: &str) {
    println!("      installing {kind} {what}: {reason}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_wants_both_files() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::write(&old, "").unwrap();
        assert!(!newer(&new, &old), "an absent file is not newer");
        fs::write(&new, "").unwrap();
        let past = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        fs::File::options().append(true).open(&old).unwrap().set_modified(past).unwrap();
        assert!(newer(&new, &old));
        assert!(!newer(&old, &new));
    }

    #[test]
    fn a_present_program_needs_no_installation() {
        programs("a test", &["sh"], &["no-such-package"]).unwrap();
    }
}
