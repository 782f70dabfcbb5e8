//! The `calock` command.
//!
//! Exit codes are API: 0 valid or done, 1 not valid, 2 unusable input. Results go to standard output, reasons to standard
//! error.

#![forbid(unsafe_code)]

mod admin;
mod input;
mod inspect;
mod lock;
mod outcome;
mod place;
mod policy;
mod private;
mod seal;
mod serve;
mod verify;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::outcome::Exit;

/// CA 锁工具 · certificates, signatures, virtual locks and the reference portal
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Calock {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 查看证书 · show what a certificate says
    Inspect(inspect::Arguments),
    /// 验证签名 · verify a signature over a file
    Verify(verify::Arguments),
    /// 电子签章 · verify sealed documents, seal them, make test seals
    #[command(subcommand)]
    Seal(seal::Command),
    /// 虚拟锁 · make virtual locks and plug them in
    #[command(subcommand)]
    Lock(lock::Command),
    /// 启动门户 · start the reference portal
    Serve(serve::Arguments),
    /// 门户管理员 · people who administer the portal
    #[command(subcommand)]
    Admin(admin::Command),
}

fn main() -> ExitCode {
    let outcome = match Calock::parse().command {
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Seal(command) => seal::run(command),
        Command::Lock(command) => lock::run(command),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Admin(command) => admin::run(command),
    };
    outcome.exit()
}
