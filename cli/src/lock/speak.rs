//! `calock lock speak`: the device side on a Unix socket, for a host that has a device tree to put it into.
//!
//! The messages are in [`wire`]. A connection is one time of being plugged in: when the host closes it the lock loses power, when
//! the lock closes it the lock was pulled out. The PIN counter and the faults live as long as the program.

use std::io::{Error, ErrorKind, Result};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use calock::hash::hex;
use calock::script::Script;
use calock::virtual_lock::{Cable, Contents, Event, Fault, Plugged, Refused};
use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::wire::{self, Line};
use crate::outcome::{Failure, Outcome};
use crate::private::read;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    what: What,
    /// 套接字 · path of the Unix socket to listen on; made anew
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

/// Which lock it is, and what goes wrong with it.
#[derive(Args)]
pub(super) struct What {
    /// 锁文件或脚本 · the lock file, or a script
    pub(super) file: PathBuf,
    /// 接口 · how it shows itself
    #[arg(long, value_enum, default_value_t = FaceName::Hid)]
    face: FaceName,
    /// 故障 · something that goes wrong, such as unplug-while@VerifyPIN; may be given several times
    #[arg(long, value_name = "KIND@WHEN[:UNTIL]")]
    fault: Vec<Fault>,
}

/// How a lock shows itself; in [`wire::INTRODUCTION`] by this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FaceName {
    /// HID reports
    Hid,
    /// CCID messages over USB bulk transfers
    Ccid,
}

impl FaceName {
    fn cable(self) -> Cable {
        match self {
            Self::Hid => Cable::Hid,
            Self::Ccid => Cable::Ccid,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Hid => "hid",
            Self::Ccid => "ccid",
        }
    }
}

/// Speaks until it is ended from outside.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let socket = &arguments.socket;
    let lock = Speaking::new(&arguments.what)?;
    let listener = listen(socket)?;
    println!("calock lock: {} at {}", lock.title(), socket.display());
    lock.serve(listener.incoming());
    Ok(())
}

/// Listens at a path, which is made anew.
pub(super) fn listen(socket: &Path) -> std::result::Result<UnixListener, Failure> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::unusable(socket.display(), error)),
        _ => {}
    }
    UnixListener::bind(socket).map_err(|error| Failure::unusable(socket.display(), error))
}

/// What a file describes: a lock file's card, or a script.
pub(super) fn contents(path: &Path) -> std::result::Result<Contents, Failure> {
    let name = path.display();
    let text = read(path)?.ok_or_else(|| Failure::unusable(&name, "no such file"))?;
    if Script::is_begun_by(&text) {
        // It knows the line; an error of the crate does not.
        Script::parse(&text).map_err(|malformed| Failure::unusable(&name, malformed))?;
    }
    Contents::read(&text).map_err(|error| Failure::unusable(&name, error))
}

/// A lock that can be plugged in.
pub(super) struct Speaking {
    lock: Plugged,
    face: FaceName,
}

impl Speaking {
    /// Reads the lock file.
    pub(super) fn new(what: &What) -> std::result::Result<Self, Failure> {
        let mut lock = Plugged::new(contents(&what.file)?, what.face.cable());
        what.fault.iter().for_each(|&fault| lock.inject(fault));
        Ok(Self { lock, face: what.face })
    }

    /// How it shows itself.
    pub(super) fn face(&self) -> FaceName {
        self.face
    }

    /// What it is called.
    pub(super) fn title(&self) -> String {
        self.lock.contents().card().title()
    }

    /// What is inside.
    pub(super) fn contents(&self) -> &Contents {
        self.lock.contents()
    }

    /// Plugs it into one host after the other.
    pub(super) fn serve(mut self, hosts: impl IntoIterator<Item = Result<UnixStream>>) {
        hosts.into_iter().for_each(|host| self.plug_into(host));
    }

    /// Plugs it into one host until it is pulled out.
    pub(super) fn plug_into(&mut self, host: Result<UnixStream>) {
        // A host that goes away in the middle is a lock pulled out; the next one may plug it in again.
        let ended = host.and_then(|stream| {
            let host = Arc::new(Line::new(stream.try_clone()?));
            self.lock.plug();
            let ended = serve(&mut self.lock, self.face, &stream, &host);
            host.shut();
            ended
        });
        self.lock.unplug();
        if let Err(error) = ended {
            eprintln!("calock lock: unplugged ({error})");
        }
    }
}

/// One time of being plugged in: until either side closes.
fn serve(lock: &mut Plugged, face: FaceName, mut stream: &UnixStream, host: &Arc<Line>) -> Result<()> {
    host.tell(wire::INTRODUCTION, identity(lock, face).as_bytes())?;
    while let Some((kind, bytes)) = wire::message(&mut stream)? {
        match kind {
            wire::OPEN => {
                let answer = match lock.open() {
                    Ok(()) => 0,
                    Err(Refused::Fails) => 1,
                    Err(Refused::Taken) => 2,
                };
                host.tell(wire::OPENED, &[answer])?;
            }
            wire::CLOSE => lock.close(),
            wire::WRITE => {
                let events = lock.send(&bytes);
                host.tell(taken(&events), &[])?;
                happen(host, events)?;
            }
            wire::FAULT => {
                let text = String::from_utf8_lossy(&bytes);
                let fault = text.parse().map_err(|error| Error::other(format!("fault {text:?}: {error}")))?;
                lock.inject(fault);
            }
            wire::CLEAR => lock.clear_faults(),
            other => return Err(Error::other(format!("message of unknown kind {other:#04x}"))),
        }
    }
    Ok(())
}

fn identity(lock: &Plugged, face: FaceName) -> String {
    let usb = lock.identity();
    serde_json::json!({
        "face": face.name(),
        "vendor": usb.vendor,
        "product": usb.product,
        "manufacturer": usb.manufacturer,
        "productName": usb.product_name,
        "serial": usb.serial,
        // The configuration descriptor of a lock on USB, as hex: what its host shows of it.
        "configuration": lock.reader().map(|(_, configuration)| hex(&configuration)),
    })
    .to_string()
}

/// What becomes of a [`wire::WRITE`] itself.
fn taken(events: &[Event]) -> u8 {
    match events.first() {
        Some(Event::Hang) => wire::HANGS,
        Some(Event::Stall) => wire::STALLS,
        _ => wire::WRITTEN,
    }
}

/// Has events happen; those after a wait later, while the host may send on.
fn happen(host: &Arc<Line>, events: Vec<Event>) -> Result<()> {
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        match event {
            Event::Deliver(bytes) => host.tell(wire::READ, &bytes)?,
            Event::Wait(time) => {
                let (host, later) = (host.clone(), events.collect());
                thread::spawn(move || {
                    thread::sleep(time);
                    // Whoever was waiting may be gone by now.
                    let _ = happen(&host, later);
                });
                return Ok(());
            }
            Event::Unplug => host.shut(),
            // Told already, as what became of the message.
            Event::Hang | Event::Stall => {}
        }
    }
    Ok(())
}
