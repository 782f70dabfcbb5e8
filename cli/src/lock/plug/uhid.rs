//! A lock as a HID device of this machine, through /dev/uhid.
//!
//! Source: Linux uapi linux/uhid.h. An event is a u32 type and a packed structure of that type, in the machine's byte order; a shorter
//! one may be written, and what is missing is zeros. hidraw puts the report's id before an output report, 0 where there are no ids.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::identity::{PACKET, REPORT_DESCRIPTOR, REPORT_DESCRIPTOR_LENGTH};
use super::introduction::Introduction;
use super::wire::{self, Line};

/// Where the kernel takes HID devices from programs.
pub(super) const NODE: &str = "/dev/uhid";

// enum uhid_event_type
const DESTROY: u32 = 1;
const STOP: u32 = 3;
const OPEN: u32 = 4;
const CLOSE: u32 = 5;
const OUTPUT: u32 = 6;
const GET_REPORT: u32 = 9;
const GET_REPORT_ANSWER: u32 = 10;
const CREATE: u32 = 11; // UHID_CREATE2
const INPUT: u32 = 12; // UHID_INPUT2
const SET_REPORT: u32 = 13;
const SET_REPORT_ANSWER: u32 = 14;

/// UHID_DATA_MAX.
const LONGEST: usize = 4096;
/// struct uhid_event: the type and the largest of the structures, uhid_create2_req.
const EVENT: usize = 4 + 128 + 64 + 64 + 2 + 2 + 4 * 4 + LONGEST;
const BUS_USB: u16 = 3;
const VERSION: u32 = 0x0100;
const EIO: u16 = 5;

/// Plugs the lock at the other end of `stream` in; `lock` writes to the same. When it closes, the device is gone; then the thread ends.
/// `place`: what HID_PHYS says, by which the hidraw node can be found.
pub(super) fn plug(stream: UnixStream, lock: Arc<Line>, who: &Introduction, place: &str) -> io::Result<JoinHandle<()>> {
    let node = OpenOptions::new().read(true).write(true).open(NODE)?;
    (&node).write_all(&creation(who, place))?;
    let events = node.try_clone()?;
    let serving = thread::spawn(move || {
        let _ = serve(&events, &lock);
        lock.shut();
    });
    Ok(thread::spawn(move || {
        let _ = relay(stream, &node);
        // The answer to this is STOP, which ends the other thread.
        let _ = (&node).write_all(&DESTROY.to_ne_bytes());
        let _ = serving.join();
    }))
}

/// struct uhid_create2_req: name[128] phys[64] uniq[64] rd_size bus vendor product version country rd_data.
fn creation(who: &Introduction, place: &str) -> Vec<u8> {
    let mut event = CREATE.to_ne_bytes().to_vec();
    let name = format!("{} {}", who.manufacturer, who.product_name);
    for (text, width) in [(name.as_str(), 128), (place, 64), (who.serial.as_deref().unwrap_or_default(), 64)] {
        event.extend(text.bytes().take(width - 1).chain(std::iter::repeat(0)).take(width));
    }
    event.extend(u16::from(REPORT_DESCRIPTOR_LENGTH).to_ne_bytes());
    event.extend(BUS_USB.to_ne_bytes());
    for field in [u32::from(who.vendor), u32::from(who.product), VERSION, 0] {
        event.extend(field.to_ne_bytes());
    }
    event.extend(REPORT_DESCRIPTOR);
    event
}

/// The kernel's side.
fn serve(mut events: &File, lock: &Line) -> io::Result<()> {
    let mut buffer = vec![0; EVENT];
    loop {
        let length = events.read(&mut buffer)?;
        let Some((kind, body)) = buffer.get(..length).and_then(|event| event.split_first_chunk::<4>()) else {
            continue;
        };
        match u32::from_ne_bytes(*kind) {
            // The kernel does not wait for an answer here: a lock that does not open shows itself by taking nothing.
            OPEN => lock.tell(wire::OPEN, &[])?,
            CLOSE => lock.tell(wire::CLOSE, &[])?,
            OUTPUT => {
                if let Some(report) = output(body) {
                    lock.tell(wire::WRITE, &report)?;
                }
            }
            // This device stalls them. id, then in the answer an error number.
            GET_REPORT => refuse(events, GET_REPORT_ANSWER, body)?,
            SET_REPORT => refuse(events, SET_REPORT_ANSWER, body)?,
            STOP => return Ok(()),
            _ => {}
        }
    }
}

/// struct uhid_output_req: data[4096] size rtype. Without the report's id, and as long as reports are.
fn output(body: &[u8]) -> Option<Vec<u8>> {
    let size = usize::from(u16::from_ne_bytes(*body.get(LONGEST..)?.first_chunk()?));
    let mut report = body.get(1..size)?.to_vec();
    report.resize(usize::from(PACKET), 0);
    Some(report)
}

fn refuse(mut events: &File, answer: u32, body: &[u8]) -> io::Result<()> {
    let Some(id) = body.first_chunk::<4>() else { return Ok(()) };
    events.write_all(&[&answer.to_ne_bytes(), id.as_slice(), &EIO.to_ne_bytes(), &[0, 0]].concat())
}

/// The lock's side: its reports. struct uhid_input2_req: size data.
fn relay(mut stream: UnixStream, mut node: &File) -> io::Result<()> {
    while let Some((kind, report)) = wire::message(&mut stream)? {
        if kind == wire::READ {
            let size = u16::try_from(report.len()).unwrap_or(u16::MAX);
            node.write_all(&[&INPUT.to_ne_bytes(), size.to_ne_bytes().as_slice(), &report].concat())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Face;
    use super::*;

    #[test]
    fn the_device_is_described_as_the_kernel_reads_it() {
        let who = Introduction {
            face: Face::Hid,
            vendor: 0x055C,
            product: 0xE618,
            manufacturer: "Longmai".into(),
            product_name: "GM3000".into(),
            serial: None,
            configuration: None,
        };
        let event = creation(&who, "here");
        // Offsets in struct uhid_event.
        assert_eq!(event.len(), 4 + 128 + 64 + 64 + 2 + 2 + 16 + 35);
        assert!(event[4..].starts_with(b"Longmai GM3000\0"));
        assert!(event[132..].starts_with(b"here\0"));
        assert_eq!(event[260..264], [35, 0, 3, 0]);
        assert_eq!(event[264..272], [0x5C, 0x05, 0, 0, 0x18, 0xE6, 0, 0]);
        assert_eq!(event[280..], REPORT_DESCRIPTOR);
    }

    #[test]
    fn a_report_loses_its_id_and_is_filled_up() {
        let mut body = vec![0; LONGEST + 3];
        body[..3].copy_from_slice(&[0, 5, 6]);
        body[LONGEST..].copy_from_slice(&[3, 0, 1]);
        let report = output(&body).unwrap();
        assert_eq!((report.len(), &report[..3]), (64, &[5, 6, 0][..]));
        assert_eq!(output(&body[..LONGEST]), None);
    }
}
