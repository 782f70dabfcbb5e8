//! `calock lock play`: a script as a lock, on the protocol of `lock speak`, or asked by a session right here.

use std::cell::RefCell;
use std::path::PathBuf;

use calock::secret::Pin;
use calock::virtual_lock::{Contents, Player, Problem};
use clap::{ArgGroup, Args};

use super::native::{self, What};
use super::record::Direct;
use super::speak::{self, Speaking, listen};
use crate::outcome::{Failure, Outcome};

#[derive(Args)]
#[command(group(ArgGroup::new("how").required(true).args(["socket", "check"])))]
pub(crate) struct Arguments {
    #[command(flatten)]
    lock: speak::What,
    /// 套接字 · speak on this Unix socket; how each play went is told when the lock is pulled out
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// 只插一次 · end when the lock is pulled out for the first time
    #[arg(long, requires = "socket")]
    once: bool,
    /// 检查 · run a session over the script, here and now
    #[arg(long)]
    check: bool,
    /// 检查到哪一步 · how far the session goes
    #[arg(long, value_enum, default_value_t = What::Login, requires = "check")]
    what: What,
    /// 从标准输入读密码 · read the PIN from standard input; without it one is made up, for scripts that mask theirs
    #[arg(long, requires = "check")]
    pin_stdin: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.socket {
        Some(socket) => speak(arguments, socket),
        None => check(arguments),
    }
}

fn speak(arguments: &Arguments, socket: &std::path::Path) -> Outcome {
    let mut lock = Speaking::new(&arguments.lock)?;
    player(lock.contents())?;
    let listener = listen(socket)?;
    println!("calock lock: {} at {}", lock.title(), socket.display());
    for host in listener.incoming() {
        lock.plug_into(host);
        let verdict = player(lock.contents())?.verdict();
        match verdict {
            Ok(()) => println!("played to its end"),
            Err(problem) if arguments.once => return Err(Failure::NotValid(told(arguments, &problem))),
            Err(problem) => println!("{}", told(arguments, &problem)),
        }
        if arguments.once {
            break;
        }
    }
    Ok(())
}

fn check(arguments: &Arguments) -> Outcome {
    let contents = speak::contents(&arguments.lock.file)?;
    player(&contents)?;
    let profile = contents.profile();
    let pin = match (arguments.what, arguments.pin_stdin) {
        (_, true) => Some(native::read_pin()?),
        (What::Login, false) => Some(Pin::new(b"12345678").map_err(|error| Failure::unusable("PIN", error))?),
        _ => None,
    };
    let contents = RefCell::new(contents);
    let (done, _) = native::run(Direct(&contents), profile, arguments.what, pin)?;
    match &done {
        Ok(()) => println!("session: done"),
        Err(error) => println!("session: {}", native::told(error)),
    }
    let contents = contents.borrow();
    match player(&contents)?.verdict() {
        Ok(()) => println!("script: played to its end"),
        // A session that gave up could not ask for the rest: a masked signature, say, is none.
        Err(problem @ Problem::LeftOver { .. }) if done.is_err() => println!("script: {problem}"),
        Err(problem) => return Err(Failure::NotValid(told(arguments, &problem))),
    }
    Ok(())
}

fn told(arguments: &Arguments, problem: &Problem) -> String {
    format!("{}: {problem}", arguments.lock.file.display())
}

fn player(contents: &Contents) -> Result<&Player, Failure> {
    match contents {
        Contents::Script(player) => Ok(player),
        _ => Err(Failure::Unusable("not a script; calock lock speak takes lock files".into())),
    }
}
