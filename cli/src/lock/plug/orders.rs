//! What can happen while a lock is plugged in, gathered from standard input, signals and the device itself.

use std::io::BufRead;
use std::process::ExitStatus;
use std::sync::mpsc::Sender;
use std::thread;

use calock::virtual_lock::Fault;
use calock_portal::server::stop_signal;

use crate::outcome::Failure;

/// Something that the loop of `calock lock plug` acts on.
pub(super) enum Happening {
    /// A line was typed.
    Typed(String),
    /// The device that was plugged in as the n-th is gone.
    Gone(u32),
    /// SIGINT or SIGTERM.
    Stop,
    /// The command has ended.
    Ended(ExitStatus),
}

/// What a typed line says.
pub(super) enum Order {
    Plug,
    Unplug,
    Fault(Fault),
    Clear,
    Quit,
}

impl Order {
    /// Reads a line; `Err` says what is wrong with it.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, rest.trim()) {
            ("plug", "") => Ok(Self::Plug),
            ("unplug", "") => Ok(Self::Unplug),
            ("clear", "") => Ok(Self::Clear),
            ("quit", "") => Ok(Self::Quit),
            ("fault", text) => text.parse().map(Self::Fault).map_err(|error| format!("{text}: {error}")),
            _ => Err(format!("{line}?")),
        }
    }
}

/// Starts to listen to standard input and to signals.
pub(super) fn listen(happenings: &Sender<Happening>) -> Result<(), Failure> {
    let typed = happenings.clone();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let line = line.trim().to_owned();
            if !line.is_empty() && typed.send(Happening::Typed(line)).is_err() {
                return;
            }
        }
    });
    let stopped = happenings.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::unusable("runtime", error))?;
    let stop = {
        let _inside = runtime.enter();
        stop_signal().map_err(|error| Failure::unusable("signals", error))?
    };
    thread::spawn(move || {
        runtime.block_on(stop);
        let _ = stopped.send(Happening::Stop);
    });
    Ok(())
}
