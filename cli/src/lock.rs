//! `calock lock`: virtual locks as files, and as something a machine's device tree can hold.

mod new;
mod policy;
mod speak;

use clap::Subcommand;

use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 制作虚拟锁 · make a virtual lock
    New(Box<new::Arguments>),
    /// 企业策略 · the enterprise policy that gives a portal its locks without a chooser
    Policy(policy::Arguments),
    /// 虚拟锁作为设备 · answer HID reports of 64 bytes on a Unix socket, as a plugged-in lock does
    Speak(speak::Arguments),
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::New(arguments) => new::run(*arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Speak(arguments) => speak::run(&arguments),
    }
}
