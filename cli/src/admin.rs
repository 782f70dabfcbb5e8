//! `calock admin`: the people who administer a portal.

use std::io::Read;

use calock_portal::administrator;
use calock_portal::store::Store;
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::inspect::now;
use crate::outcome::{Failure, Outcome};
use crate::place::Place;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 设置管理员 · make an administrator, or give one a new password
    Make(Make),
}

#[derive(Args)]
pub(crate) struct Make {
    /// 登录名 · login name
    name: String,
    /// 从标准输入读密码 · read the password from standard input; without it one is made and printed once
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(command: Command) -> Outcome {
    let Command::Make(arguments) = command;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::unusable("runtime", error))?.block_on(make(arguments))
}

async fn make(arguments: Make) -> Outcome {
    let given = if arguments.password_stdin { Some(from_stdin()?) } else { None };
    let database = arguments.place.database(&arguments.place.rules()?)?;
    let store = Store::open(&database).await.map_err(|error| Failure::unusable("database", error))?;
    let typed = given.as_ref().map(|password| password.to_string());
    let made = administrator::make(&store, &arguments.name, typed, now()).await;
    store.close().await;
    let password = Zeroizing::new(made.map_err(|why| Failure::unusable(&arguments.name, why))?);
    if given.is_none() {
        println!("{}", *password);
    }
    Ok(())
}

/// One line, without its end.
fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin().take(1024).read_to_string(&mut text);
    read.map_err(|error| Failure::unusable("standard input", error))?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).into()))
}
