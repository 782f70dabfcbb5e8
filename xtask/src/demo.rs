//! `cargo xtask demo`: the reference portal on this machine, with virtual locks to log in with.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Context, Result};

use crate::bundle::{self, Profile};
use crate::process;
use crate::tree::Tree;

/// Builds the module and the portal and becomes the portal; Ctrl-C ends it.
pub(crate) fn demo(tree: &Tree, port: u16) -> Result<()> {
    free(port)?;
    bundle::build(tree, Profile::Release)?;
    build_calock(tree)?;
    let data = tree.target().join("demo");
    std::fs::create_dir_all(&data).with_context(|| format!("cannot create {}", data.display()))?;

    println!("\n      calock demo: http://localhost:{port}   (Ctrl-C stops it; its data: {})\n", data.display());
    let mut serve = Command::new(tree.calock());
    serve.current_dir(tree.root()).args(["serve", "--demo", "--port", &port.to_string()]);
    serve.arg("--pages").arg(tree.at("www/pages")).arg("--module").arg(tree.dist()).arg("--data").arg(&data);
    become_program(&mut serve)
}

/// The command line tool in the dev profile: its dependencies are optimised a little, and it builds in a third of the
/// time of the shipped profile.
pub(crate) fn build_calock(tree: &Tree) -> Result<()> {
    process::run(process::cargo(tree).args(["build", "--package", "calock-cli"]))
        .context("the calock command does not build")
}

/// Says at once that a port is taken, not after minutes of building.
fn free(port: u16) -> Result<()> {
    TcpListener::bind(("127.0.0.1", port)).map(drop).with_context(|| {
        format!("port {port} is taken (perhaps by a demo that still runs); choose another with `cargo xtask demo --port {}`", port.wrapping_add(1))
    })
}

/// Replaces this process, so that Ctrl-C and the exit code are the portal's own.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    process::run(command)
}
