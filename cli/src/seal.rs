//! `calock seal`: sealed documents.

mod apply;
mod ber;
mod fields;
mod file;
mod handwriting;
mod keyword;
mod make;
mod p12;
mod picture;
mod show;
mod signer;
mod text;
mod verify;

use std::io::{Write, stdout};

use clap::Subcommand;

pub(crate) use make::usual;

use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 验证签章 · verify every seal of a document
    Verify(verify::Arguments),
    /// 查看印章 · show what a seal file says
    Show(show::Arguments),
    /// 空白签名域 · list the empty signature fields of a PDF
    Fields(fields::Arguments),
    /// 加盖印章 · seal a document
    Apply(Box<apply::Arguments>),
    /// 制作测试印章 · make a test seal with a picture
    Make(Box<make::Arguments>),
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Fields(arguments) => fields::run(&arguments),
        Command::Make(arguments) => make::run(&arguments),
        Command::Apply(arguments) => apply::run(&arguments),
    }
}

/// Writes a result. A reader that has seen enough (`| head`) is no failure.
fn say(text: &str) {
    drop(stdout().write_all(text.as_bytes()));
}
