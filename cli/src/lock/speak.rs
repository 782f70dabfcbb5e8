//! `calock lock speak`: the device side on a Unix socket, for a host that has a device tree to put it into.
//!
//! Both ways go messages of a kind byte, a length (u32, big-endian) and that many bytes:
//!
//! | from the host | | from the lock | |
//! |---|---|---|---|
//! | `O` | open the device | `I` | on connecting: who it is, JSON |
//! | `C` | close it | `o` | opened (0), fails (1), taken by another program (2) |
//! | `W` | one output report or bulk-OUT transfer | `R` | one input report or bulk-IN transfer |
//! | `F` | a fault to inject, as text | `w`, `S`, `H` | the last `W` is done, is refused (STALL), never ends |
//! | `f` | take all faults back | | |
//!
//! A connection is one time of being plugged in: when the host closes it the lock loses power, when the lock closes it the lock
//! was pulled out. The PIN counter and the faults live as long as the program.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use calock::hash::hex;
use calock::virtual_lock::{Cable, Contents, Event, Fault, Plugged, Refused};
use clap::{Args, ValueEnum};

use crate::outcome::{Failure, Outcome};
use crate::private::read;

#[derive(Args)]
pub(crate) struct Arguments {
    /// 锁文件 · the lock file
    file: PathBuf,
    /// 套接字 · path of the Unix socket to listen on; made anew
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
    /// 接口 · how it shows itself
    #[arg(long, value_enum, default_value_t = FaceName::Hid)]
    face: FaceName,
    /// 故障 · something that goes wrong, such as unplug-while@VerifyPIN; may be given several times
    #[arg(long, value_name = "KIND@WHEN[:UNTIL]")]
    fault: Vec<Fault>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FaceName {
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
    let name = arguments.file.display();
    let text = read(&arguments.file)?.ok_or_else(|| Failure::unusable(&name, "no such file"))?;
    let contents = Contents::read(&text).map_err(|error| Failure::unusable(&name, error))?;
    let mut lock = Plugged::new(contents, arguments.face.cable());
    arguments.fault.iter().for_each(|&fault| lock.inject(fault));

    let socket = &arguments.socket;
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::unusable(socket.display(), error)),
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(|error| Failure::unusable(socket.display(), error))?;
    println!("calock lock: {} at {}", lock.contents().card().title(), socket.display());
    for stream in listener.incoming() {
        // A host that goes away in the middle is a lock pulled out; the next one may plug it in again.
        let ended = stream.and_then(|stream| {
            let host = Arc::new(Host(Mutex::new(stream.try_clone()?)));
            lock.plug();
            let ended = serve(&mut lock, arguments.face, &stream, &host);
            host.unplug();
            ended
        });
        lock.unplug();
        if let Err(error) = ended {
            eprintln!("calock lock: unplugged ({error})");
        }
    }
    Ok(())
}

/// One time of being plugged in: until either side closes.
fn serve(lock: &mut Plugged, face: FaceName, mut stream: &UnixStream, host: &Arc<Host>) -> Result<()> {
    host.tell(b'I', identity(lock, face).as_bytes())?;
    while let Some((kind, bytes)) = message(&mut stream)? {
        match kind {
            b'O' => {
                let answer = match lock.open() {
                    Ok(()) => 0,
                    Err(Refused::Fails) => 1,
                    Err(Refused::Taken) => 2,
                };
                host.tell(b'o', &[answer])?;
            }
            b'C' => lock.close(),
            b'W' => {
                let events = lock.send(&bytes);
                host.tell(taken(&events), &[])?;
                Host::happen(host, events)?;
            }
            b'F' => {
                let text = String::from_utf8_lossy(&bytes);
                let fault = text.parse().map_err(|error| Error::other(format!("fault {text:?}: {error}")))?;
                lock.inject(fault);
            }
            b'f' => lock.clear_faults(),
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

/// What becomes of a `W` itself.
fn taken(events: &[Event]) -> u8 {
    match events.first() {
        Some(Event::Hang) => b'H',
        Some(Event::Stall) => b'S',
        _ => b'w',
    }
}

/// The most that one message may carry: more than any report or transfer.
const MOST: usize = 1 << 20;

/// The next message; `None` when the host has closed.
fn message(stream: &mut &UnixStream) -> Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0; 5];
    match stream.read_exact(&mut head) {
        Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => return Ok(None),
        other => other?,
    }
    let [kind, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(Error::other)?;
    if length > MOST {
        return Err(Error::other("a message of more than a megabyte"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(Some((kind, bytes)))
}

/// The host's end of the socket, for whoever has something to tell it.
struct Host(Mutex<UnixStream>);

impl Host {
    fn tell(&self, kind: u8, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).map_err(Error::other)?;
        let message = [&[kind][..], &length.to_be_bytes(), bytes].concat();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&message)
    }

    /// Has events happen; those after a wait later, while the host may send on.
    fn happen(host: &Arc<Self>, events: Vec<Event>) -> Result<()> {
        let mut events = events.into_iter();
        while let Some(event) = events.next() {
            match event {
                Event::Deliver(bytes) => host.tell(b'R', &bytes)?,
                Event::Wait(time) => {
                    let (host, later) = (host.clone(), events.collect());
                    thread::spawn(move || {
                        thread::sleep(time);
                        // Whoever was waiting may be gone by now.
                        let _ = Self::happen(&host, later);
                    });
                    return Ok(());
                }
                Event::Unplug => host.unplug(),
                // Told already, as what became of the message.
                Event::Hang | Event::Stall => {}
            }
        }
        Ok(())
    }

    /// Closes the connection, on which the one who reads from it ends.
    fn unplug(&self) {
        // It may be closed already.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).shutdown(Shutdown::Both);
    }
}
