//! `cargo xtask`: build, try out and test calock with nothing installed by hand but rustup.

#![forbid(unsafe_code)]

mod bench;
mod bindgen;
mod bundle;
mod demo;
mod gzip;
mod imports;
mod process;
mod progress;
mod setup;
mod size;
mod test;
mod tree;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::tree::Tree;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, try out and test calock", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the browser module into pkg/dist.
    Build {
        /// Without optimisation and with names in the wasm: quick to build, too big to ship.
        #[arg(long)]
        debug: bool,
    },
    /// Build everything and start the reference portal with virtual locks.
    Demo {
        /// The port to listen on, on the loopback address.
        #[arg(long, default_value_t = 8420)]
        port: u16,
    },
    /// Install what the tests need and run all of them.
    Test(test::Options),
    /// Measure what DESIGN's budgets are about, beside what they are compared with.
    Bench {
        /// What to measure; everything when absent.
        #[arg(value_enum)]
        only: Option<bench::Bench>,
    },
    /// Build, then compare what a login page loads with its budget.
    Size,
    /// Write the parts of docs/ that are made from the data.
    Docs,
    /// wasm-bindgen's command line, at the version of Cargo.lock.
    #[command(disable_help_flag = true)]
    Bindgen(Passthrough),
    /// wasm-bindgen's test runner; .cargo/config.toml makes cargo use it for wasm32.
    #[command(disable_help_flag = true)]
    TestRunner(Passthrough),
}

#[derive(clap::Args)]
struct Passthrough {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let tree = Tree::find()?;
    match task {
        Task::Build { debug } => {
            let profile = if debug { bundle::Profile::Debug } else { bundle::Profile::Release };
            bundle::build(&tree, profile)?;
        }
        Task::Demo { port } => demo::demo(&tree, port)?,
        Task::Test(options) => return test::test(&tree, &options),
        Task::Bench { only } => bench::bench(&tree, only)?,
        Task::Size => {
            bundle::build(&tree, bundle::Profile::Release)?;
            size::gate(&tree.dist())?;
        }
        Task::Docs => process::run(
            process::cargo(&tree).args(["test", "--package", "calock", "--test", "locks_page"]).env("UPDATE_DOCS", "1"),
        )?,
        Task::Bindgen(pass) => bindgen::bindgen(&pass.arguments)?,
        Task::TestRunner(pass) => bindgen::test_runner(&pass.arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
