//! `calock lock record`: what is said to a lock, virtual or real, written down without its secrets.

use std::cell::RefCell;
use std::future::pending;
use std::path::PathBuf;

use calock::error::Result;
use calock::link::{Link, ReportLink};
use calock::virtual_lock::Contents;
use clap::{ArgGroup, Args};

use super::hidraw::{self, Hidraw};
use super::native::{self, What};
use super::speak::contents;
use crate::outcome::{Failure, Outcome};
use crate::private::write;

#[derive(Args)]
#[command(group(ArgGroup::new("which").required(true).args(["lock", "hidraw"])))]
pub(crate) struct Arguments {
    /// 锁文件 · a virtual lock, or a script
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// 真锁 · a real lock, such as /dev/hidraw0
    #[arg(long, value_name = "NODE")]
    hidraw: Option<PathBuf>,
    /// 录制文件 · where the recording goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 做到哪一步 · how far to go
    #[arg(long, value_enum, default_value_t = What::Info)]
    what: What,
    /// 从标准输入读密码 · read the PIN from standard input; a wrong one costs a try
    #[arg(long)]
    pin_stdin: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    if (arguments.what == What::Login) != arguments.pin_stdin {
        return Err(Failure::Unusable("--what login and --pin-stdin belong together".into()));
    }
    let pin = arguments.pin_stdin.then(native::read_pin).transpose()?;
    let (done, recording) = match (&arguments.hidraw, &arguments.lock) {
        (Some(node), _) => {
            let profile = hidraw::profile_of(node)?;
            native::run(ReportLink::new(Hidraw::open(node)?, 32), profile, arguments.what, pin)?
        }
        (None, Some(file)) => {
            let contents = contents(file)?;
            let profile = contents.profile();
            native::run(Direct(&RefCell::new(contents)), profile, arguments.what, pin)?
        }
        (None, None) => return Err(Failure::Unusable("neither --lock nor --hidraw".into())),
    };
    // What went wrong is what somebody wants to see: it is written down all the same.
    write(&arguments.out, &recording.text())?;
    println!("{}: {} exchanges, masked", arguments.out.display(), recording.script().exchanges.len());
    done.map_err(|error| Failure::NotValid(native::told(&error)))
}

/// A virtual lock without any cable.
pub(super) struct Direct<'a>(pub(super) &'a RefCell<Contents>);

impl Link for Direct<'_> {
    async fn enter(&self) -> Result<()> {
        Ok(())
    }

    fn leave(&self) {}

    async fn close(&self) {}

    fn abandon(&self, _apdu: Option<&[u8]>) {}

    async fn exchange(&self, apdu: &[u8]) -> Result<Vec<u8>> {
        let answer = self.0.borrow_mut().card_mut().exchange(apdu);
        if answer.is_empty() { pending().await } else { Ok(answer) }
    }
}
