//! A lock as a USB device of this machine, through the kernel's vhci_hcd (module usbip). No usbip tool, no network: one end of a socket
//! pair is given to the kernel in sysfs, and USB/IP goes over it.
//!
//! Source: Linux Documentation/usb/usbip_protocol.rst (commands, headers of 48 bytes, big-endian); drivers/usb/usbip/vhci_sysfs.c
//! (`status`, `attach`).

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::identity::Identity;
use super::usb::{Device, Done, EPIPE};
use super::wire::{self, Line};

/// The first virtual host controller.
const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";
/// USB_SPEED_FULL of linux/usb/ch9.h.
const FULL_SPEED: u32 = 2;

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMIT_ANSWER: u32 = 3;
const UNLINK_ANSWER: u32 = 4;
const ECONNRESET: i32 = 104;

/// Whether this kernel has a virtual host controller.
pub(super) fn there() -> bool {
    Path::new(CONTROLLER).join("attach").exists()
}

/// Plugs the lock at the other end of `stream` into a free port; `lock` writes to the same. When it closes, the device is gone; then the
/// thread ends.
pub(super) fn plug(stream: UnixStream, lock: Arc<Line>, identity: Identity) -> io::Result<JoinHandle<()>> {
    let port = free_port(&std::fs::read_to_string(format!("{CONTROLLER}/status"))?)
        .ok_or_else(|| io::Error::new(ErrorKind::ResourceBusy, "no free port at the virtual host controller"))?;
    let (own, kernels) = UnixStream::pair()?;
    let shared =
        Arc::new(Shared { device: Mutex::new(Device::new(identity)), kernel: Mutex::new(own.try_clone()?), lock });
    let device_id = 1 << 16 | (port + 1);
    let place = format!("{port} {} {device_id} {FULL_SPEED}", kernels.as_raw_fd());
    std::fs::write(format!("{CONTROLLER}/attach"), place)?;
    drop(kernels);

    let requests = Arc::clone(&shared);
    let from_kernel = own.try_clone()?;
    let serving = thread::spawn(move || {
        // Ends when either side closes.
        let _ = serve(from_kernel, &requests);
        requests.lock.shut();
    });
    Ok(thread::spawn(move || {
        let _ = relay(stream, &shared);
        let _ = own.shutdown(Shutdown::Both);
        let _ = serving.join();
    }))
}

/// `status` has a line a port: hub, port, state (4 is "nothing there"), …
fn free_port(status: &str) -> Option<u32> {
    status.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (hub, port, state) = (words.next()?, words.next()?, words.next()?);
        if hub == "hs" && state.parse() == Ok(4) { port.parse().ok() } else { None }
    })
}

/// What both threads work on.
struct Shared {
    device: Mutex<Device>,
    kernel: Mutex<UnixStream>,
    lock: Arc<Line>,
}

impl Shared {
    fn device<T>(&self, work: impl FnOnce(&mut Device) -> T) -> T {
        work(&mut self.device.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, ended: Vec<Done>) -> io::Result<()> {
        let mut kernel = self.kernel.lock().unwrap_or_else(PoisonError::into_inner);
        ended.into_iter().try_for_each(|done| {
            let actual = u32::try_from(done.actual).unwrap_or(u32::MAX);
            let mut message = header(SUBMIT_ANSWER, done.transfer, -done.status, actual);
            message.extend(done.data);
            kernel.write_all(&message)
        })
    }
}

/// The 48 bytes before an answer. `actual`: bytes that went; zero in the answer to [`UNLINK`].
fn header(command: u32, transfer: u32, status: i32, actual: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(48);
    for field in [command, transfer, 0, 0, 0] {
        bytes.extend(field.to_be_bytes());
    }
    bytes.extend(status.to_be_bytes());
    bytes.extend(actual.to_be_bytes());
    bytes.resize(48, 0);
    bytes
}

/// The kernel's side: transfers that begin and transfers that are given up.
fn serve(mut kernel: UnixStream, shared: &Shared) -> io::Result<()> {
    // A device is not told who opens it: to the lock it is open as long as it is plugged in.
    shared.lock.tell(wire::OPEN, &[])?;
    let mut bytes = [0; 48];
    loop {
        kernel.read_exact(&mut bytes)?;
        let (fields, setup) = bytes.split_at(40);
        let field = |index: usize| {
            let word = fields.get(index * 4..index * 4 + 4).and_then(|word| word.try_into().ok());
            u32::from_be_bytes(word.unwrap_or_default())
        };
        let (command, transfer, reads, endpoint) = (field(0), field(1), field(3) == 1, field(4));
        let endpoint = u8::try_from(endpoint).unwrap_or(u8::MAX);
        match command {
            SUBMIT => {
                let length = usize::try_from(field(6)).unwrap_or(0);
                let mut data = vec![0; if reads { 0 } else { length }];
                kernel.read_exact(&mut data)?;
                if endpoint == 0 {
                    control(shared, transfer, setup.try_into().unwrap_or_default(), data.len())?;
                } else if reads {
                    shared.answer(shared.device(|device| device.read(transfer, endpoint, length)))?;
                } else {
                    let (to_lock, ended) = shared.device(|device| device.write(transfer, endpoint, length));
                    shared.answer(ended)?;
                    if to_lock {
                        shared.lock.tell(wire::WRITE, &data)?;
                    }
                }
            }
            UNLINK => {
                shared.device(|device| device.forget(field(5)));
                // Where the transfer has ended meanwhile, the kernel knows that already.
                let message = header(UNLINK_ANSWER, transfer, -ECONNRESET, 0);
                shared.kernel.lock().unwrap_or_else(PoisonError::into_inner).write_all(&message)?;
            }
            _ => return Err(ErrorKind::InvalidData.into()),
        }
    }
}

fn control(shared: &Shared, transfer: u32, setup: [u8; 8], sent: usize) -> io::Result<()> {
    let (answer, mut ended) = shared.device(|device| device.control(setup));
    ended.push(match answer {
        None => Done::read(transfer, EPIPE, Vec::new()),
        Some(data) if setup.starts_with(&[setup[0] | 0x80]) => Done::read(transfer, 0, data),
        Some(_) => Done::wrote(transfer, 0, sent),
    });
    shared.answer(ended)
}

/// The lock's side: its messages, and how what it was sent has ended.
fn relay(mut stream: UnixStream, shared: &Shared) -> io::Result<()> {
    let mut refused = false;
    while let Some((kind, body)) = wire::message(&mut stream)? {
        let ended = shared.device(|device| match kind {
            wire::OPENED => {
                refused = body.first() != Some(&0);
                Vec::new()
            }
            wire::READ => device.arrives(body),
            // There is no way to refuse being opened but to take nothing.
            wire::WRITTEN if refused => device.stalls(),
            wire::WRITTEN => device.taken(),
            wire::HANGS => {
                device.hangs();
                Vec::new()
            }
            wire::STALLS => device.stalls(),
            _ => Vec::new(),
        });
        shared.answer(ended)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_found() {
        let status = "hub port sta spd dev      sockfd local_busid\n\
                      hs  0000 006 002 00010001 000003 1-1\n\
                      hs  0001 004 000 00000000 000000 0-0\n\
                      ss  0008 004 000 00000000 000000 0-0\n";
        assert_eq!(free_port(status), Some(1));
        assert_eq!(free_port("hub port sta\nss  0008 004 000"), None);
    }

    #[test]
    fn an_answer_has_48_bytes_before_its_data() {
        let bytes = header(SUBMIT_ANSWER, 7, -EPIPE, 3);
        assert_eq!(bytes.len(), 48);
        assert_eq!(bytes[..8], [0, 0, 0, 3, 0, 0, 0, 7]);
        assert_eq!(bytes[20..28], [0xFF, 0xFF, 0xFF, 0xE0, 0, 0, 0, 3]);
    }
}
