//! `cargo xtask test`: every test of the project, one stage after the other; a failure does not hide the next.

mod fuzz;
mod stages;
mod summary;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::setup::Need;
use crate::tree::Tree;
use stages::{REAL_KERNEL, STAGES, Stage};
use summary::Summary;

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out the stages that start Chromium.
    #[arg(long)]
    no_browser: bool,
    /// Run only this stage; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Also compare the rig with Debian's own kernel in QEMU: about two minutes, and a download of 72 MB.
    #[arg(long)]
    real_kernel: bool,
    /// Print the stages and what they do.
    #[arg(long)]
    list: bool,
}

/// How a stage that did not fail ended.
pub(crate) enum Outcome {
    /// Everything in it ran and was as it should be.
    Passed,
    /// It could not run here, and that is no fault; the reason.
    Skipped(String),
}

/// Runs the chosen stages. The exit code is a failure when any stage failed.
pub(crate) fn test(tree: &Tree, options: &Options) -> Result<ExitCode> {
    if options.list {
        STAGES.iter().for_each(|stage| println!("{:<11} {}", stage.name, stage.title));
        return Ok(ExitCode::SUCCESS);
    }
    let stages = chosen(options)?;
    let missing = prepare(tree, &stages);

    let mut summary = Summary::default();
    for (index, stage) in stages.iter().enumerate() {
        println!("\n=== {}/{} {}: {}", index + 1, stages.len(), stage.name, stage.title);
        let start = Instant::now();
        let result = match missing.iter().find(|(need, _)| stage.needs.contains(need)) {
            Some((need, reason)) => Err(anyhow::anyhow!("{need:?} could not be set up: {reason}")),
            None => (stage.run)(tree),
        };
        summary.add(stage.name, result, start.elapsed());
    }
    summary.print();
    Ok(if summary.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn chosen(options: &Options) -> Result<Vec<&'static Stage>> {
    if let Some(unknown) = options.only.iter().find(|name| STAGES.iter().all(|stage| stage.name != **name)) {
        let names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        bail!("there is no stage {unknown}; the stages are: {}", names.join(", "));
    }
    Ok(STAGES
        .iter()
        .filter(|stage| match options.only.as_slice() {
            [] if stage.name == REAL_KERNEL => options.real_kernel,
            [] => true,
            only => only.iter().any(|name| name == stage.name) || (options.real_kernel && stage.name == REAL_KERNEL),
        })
        .filter(|stage| !(options.no_browser && stage.needs.contains(&Need::Chromium)))
        .collect())
}

/// Installs what the stages need; returns what could not be had.
fn prepare(tree: &Tree, stages: &[&Stage]) -> Vec<(Need, String)> {
    println!("=== setup: what these stages need");
    let start = Instant::now();
    let mut needs: Vec<Need> = Vec::new();
    for need in stages.iter().flat_map(|stage| stage.needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    let missing: Vec<_> = needs
        .into_iter()
        .filter_map(|need| need.ensure(tree).err().map(|error| (need, format!("{error:#}"))))
        .inspect(|(need, reason)| eprintln!("      {need:?} could not be set up: {reason}"))
        .collect();
    println!("      {:.1} s", start.elapsed().as_secs_f32());
    missing
}
