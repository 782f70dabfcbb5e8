//! `calock lock`: virtual locks as files, and as something a machine's device tree can hold.

mod convert;
mod hidraw;
mod native;
mod new;
mod play;
mod plug;
mod policy;
mod record;
mod speak;
mod wire;

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
    /// 插入虚拟锁 · plug a virtual lock into this machine, or into a browser started here
    Plug(plug::Arguments),
    /// 播放脚本 · play a script as a lock, and tell where what comes is not the script
    Play(play::Arguments),
    /// 录制 · write down what is said to a lock, virtual or real, without secrets
    Record(record::Arguments),
    /// 转换 · reports of a capture into a script, a script into reports, anything into a masked script
    Convert(convert::Arguments),
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::New(arguments) => new::run(*arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Speak(arguments) => speak::run(&arguments),
        Command::Plug(arguments) => plug::run(&arguments),
        Command::Play(arguments) => play::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
    }
}
