//! A real lock on Linux: the hidraw node of a HID device, with its profile from what sysfs tells of it.
//!
//! The kernel's rules (Documentation/hid/hidraw.rst): one write is one output report with the report number before it, 0 where the
//! device has none; one read is one input report, without a number where the device has none.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use calock::error::{Code, Error, Result};
use calock::frame::longmai::{REPORT, Report};
use calock::link::Reports;
use calock::lock::{Profile, profile};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::outcome::Failure;

/// An open node.
pub(super) struct Hidraw {
    node: Arc<File>,
    /// What the thread that reads has read; ends when the device is gone.
    reports: Mutex<UnboundedReceiver<Vec<u8>>>,
}

impl Hidraw {
    /// Opens a node and starts to read from it.
    pub(super) fn open(path: &Path) -> std::result::Result<Self, Failure> {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let node = Arc::new(opened.map_err(|error| Failure::unusable(path.display(), error))?);
        let (arrived, reports) = mpsc::unbounded_channel();
        let reader = node.clone();
        // A read blocks until a report comes; the thread ends with the device, or with the program.
        thread::spawn(move || {
            let mut report = [0; REPORT];
            while let Ok(length @ 1..) = (&*reader).read(&mut report) {
                if arrived.send(report[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Ok(Self { node, reports: Mutex::new(reports) })
    }
}

impl Reports for Hidraw {
    async fn enter(&self) -> Result<()> {
        Ok(())
    }

    fn leave(&self) {}

    async fn close(&self) {}

    fn abandon(&self, reports: &[Report]) {
        for report in reports {
            // Nobody is left to tell.
            let _ = write(&self.node, report);
        }
    }

    async fn send(&self, report: &[u8]) -> Result<()> {
        write(&self.node, report)
    }

    async fn receive(&self) -> Result<Vec<u8>> {
        self.reports.lock().await.recv().await.ok_or(Error::new(Code::Disconnected))
    }

    fn drain(&self) {
        if let Ok(mut reports) = self.reports.try_lock() {
            while reports.try_recv().is_ok() {}
        }
    }
}

fn write(mut node: &File, report: &[u8]) -> Result<()> {
    // The device has no report numbers.
    let numbered = zeroize::Zeroizing::new([&[0], report].concat());
    let written = node.write(&numbered).map_err(|_| Error::new(Code::Disconnected))?;
    if written == numbered.len() { Ok(()) } else { Err(Error::because(Code::Disconnected, "half a report was taken")) }
}

/// What is known of the lock behind a node: by vendor, product and collections, as in a page.
pub(super) fn profile_of(path: &Path) -> std::result::Result<&'static Profile, Failure> {
    let unusable = |why: &dyn std::fmt::Display| Failure::unusable(path.display(), why);
    // A link from /dev/serial-like folders, or the node itself.
    let node = fs::canonicalize(path).map_err(|error| unusable(&error))?;
    let name = node.file_name().ok_or_else(|| unusable(&"no device node"))?;
    let device = Path::new("/sys/class/hidraw").join(name).join("device");
    let uevent = fs::read_to_string(device.join("uevent")).map_err(|_| unusable(&"no hidraw node"))?;
    let descriptor = fs::read(device.join("report_descriptor")).map_err(|error| unusable(&error))?;
    let (vendor, product) = ids(&uevent).ok_or_else(|| unusable(&"no HID_ID in its uevent"))?;
    profile::find(vendor, product, &collections(&descriptor))
        .ok_or_else(|| unusable(&format_args!("{vendor:04X}:{product:04X} is no lock that is known here")))
}

/// `HID_ID=BUS:VENDOR:PRODUCT`, all hexadecimal, as hid-core writes it.
fn ids(uevent: &str) -> Option<(u16, u16)> {
    let id = uevent.lines().find_map(|line| line.strip_prefix("HID_ID="))?;
    let mut numbers = id.split(':').skip(1).map(|text| u32::from_str_radix(text, 16).ok());
    let mut next = || numbers.next().flatten().and_then(|number| u16::try_from(number).ok());
    Some((next()?, next()?))
}

/// Usage page and usage of each top-level collection of a report descriptor (HID 1.11, 6.2.2).
fn collections(descriptor: &[u8]) -> Vec<(u16, u16)> {
    const USAGE_PAGE: u8 = 0x04;
    const USAGE: u8 = 0x08;
    const COLLECTION: u8 = 0xA0;
    const END_COLLECTION: u8 = 0xC0;
    const LONG: u8 = 0xFE;
    let (mut page, mut usage, mut depth) = (0, 0, 0u32);
    let mut found = Vec::new();
    let mut rest = descriptor;
    while let [prefix, after @ ..] = rest {
        // Two bits of size: 0, 1, 2 or 4 bytes. A long item says its size itself; none is defined.
        let size = match prefix & 3 {
            3 => 4,
            size => usize::from(size),
        };
        if *prefix == LONG || after.len() < size {
            break;
        }
        let (value, next) = after.split_at(size);
        rest = next;
        let number = match *value {
            [low] => u16::from(low),
            [low, high, ..] => u16::from_le_bytes([low, high]),
            [] => 0,
        };
        match prefix & !3 {
            USAGE_PAGE => page = number,
            USAGE => usage = number,
            COLLECTION => {
                if depth == 0 {
                    found.push((page, usage));
                }
                depth += 1;
            }
            END_COLLECTION => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The GM3000's, as captured (reference: token.md 3.3).
    const GM3000: [u8; 35] = [
        0x06, 0xA0, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x06, 0xA1, 0xFF, 0x09, 0x03, 0x15, 0x00, 0x25, 0xFF, 0x75, 0x08,
        0x95, 0x40, 0x81, 0x02, 0x09, 0x04, 0x15, 0x00, 0x25, 0xFF, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0,
    ];

    #[test]
    fn a_lock_is_known_by_what_sysfs_tells() {
        let uevent = "DRIVER=hid-generic\nHID_ID=0003:0000055C:0000E618\nHID_NAME=GM3000\n";
        assert_eq!(ids(uevent), Some((0x055C, 0xE618)));
        assert_eq!(ids("HID_ID=0003:0000055C"), None);
        assert_eq!(collections(&GM3000), [(0xFFA0, 1)]);
        assert_eq!(profile::find(0x055C, 0xE618, &collections(&GM3000)).unwrap().name, "gm3000");
    }

    #[test]
    fn collections_of_a_keyboard_and_of_nonsense() {
        // Two top-level collections, one nested.
        let two = [0x05, 1, 0x09, 6, 0xA1, 1, 0xA1, 0, 0xC0, 0xC0, 0x05, 12, 0x09, 1, 0xA1, 1, 0xC0];
        assert_eq!(collections(&two), [(1, 6), (12, 1)]);
        assert_eq!(collections(&[0x06, 0xA0]), []);
        assert_eq!(collections(&[0xFE, 9, 9]), []);
    }
}
