//! `calock lock speak`: the device side on a Unix socket, for a host that has a device tree to put it into.
//!
//! Both directions carry reports of exactly 64 bytes, nothing between them. A connection is one time of being plugged in: when
//! the host closes it, the lock loses power and waits for the next. The PIN counter lives as long as the program.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use calock::frame::longmai::REPORT;
use calock::virtual_lock::{Device, LockFile};
use clap::Args;

use crate::outcome::{Failure, Outcome};
use crate::private::read;

#[derive(Args)]
pub(crate) struct Arguments {
    /// 锁文件 · the lock file
    file: PathBuf,
    /// 套接字 · path of the Unix socket to listen on; made anew
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

/// Speaks until it is ended from outside.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let name = arguments.file.display();
    let json = read(&arguments.file)?.ok_or_else(|| Failure::unusable(&name, "no such file"))?;
    let file = LockFile::from_json(&json).map_err(|error| Failure::unusable(&name, error))?;
    let mut device = Device::new(&file).map_err(|error| Failure::unusable(&name, error))?;

    let socket = &arguments.socket;
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::unusable(socket.display(), error)),
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(|error| Failure::unusable(socket.display(), error))?;
    println!("calock lock: {} at {}", file.label, socket.display());
    for host in listener.incoming() {
        // A host that goes away in the middle is a lock pulled out; the next one may plug it in again.
        let ended = host.and_then(|host| serve(&mut device, &host));
        device.unplug();
        if let Err(error) = ended {
            eprintln!("calock lock: unplugged ({error})");
        }
    }
    Ok(())
}

fn serve(device: &mut Device, mut host: &UnixStream) -> std::io::Result<()> {
    let mut report = [0; REPORT];
    loop {
        match host.read_exact(&mut report) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        device.write(&report);
        while let Some(answer) = device.read() {
            host.write_all(&answer)?;
        }
    }
}
