//! The USB device that a lock makes of itself: control requests, and bulk transfers that carry its messages.
//!
//! Source: USB 2.0, 8.5 (transfers) and 9.4 (standard requests). Statuses are Linux's error numbers
//! (Documentation/driver-api/usb/error-codes.rst). A transfer has a number that its owner gives; what ends is returned as [`Done`].

use std::collections::{BTreeSet, VecDeque};

use super::identity::{Identity, PACKET};

/// Stall.
pub(super) const EPIPE: i32 = 32;
/// Babble: the device sent more than was asked for.
const EOVERFLOW: i32 = 75;

const ENTRY: u8 = 0x81;
const EXIT: u8 = 0x01;

// bRequest of standard requests (USB 2.0, table 9-4).
const GET_STATUS: u8 = 0;
const CLEAR_FEATURE: u8 = 1;
const SET_FEATURE: u8 = 3;
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;
// Recipients, the low bits of bmRequestType.
const TO_INTERFACE: u8 = 1;
const TO_ENDPOINT: u8 = 2;

/// A transfer that ended: `status` 0 or an error number, and how many bytes went. `data` is what was read.
pub(super) struct Done {
    pub(super) transfer: u32,
    pub(super) status: i32,
    pub(super) actual: usize,
    pub(super) data: Vec<u8>,
}

impl Done {
    pub(super) fn read(transfer: u32, status: i32, data: Vec<u8>) -> Self {
        Self { transfer, status, actual: data.len(), data }
    }

    pub(super) fn wrote(transfer: u32, status: i32, length: usize) -> Self {
        Self { transfer, status, actual: if status == 0 { length } else { 0 }, data: Vec::new() }
    }
}

/// The state of the device's endpoints.
pub(super) struct Device {
    identity: Identity,
    halted: BTreeSet<u8>,
    /// What the lock sent and nobody took yet.
    arrived: VecDeque<Vec<u8>>,
    /// Bulk-IN transfers with the length asked for, oldest first.
    reading: VecDeque<(u32, usize)>,
    /// Bulk-OUT transfers, with their length, that the lock has not yet taken; `None` was given up meanwhile.
    writing: VecDeque<(Option<u32>, usize)>,
}

impl Device {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            identity,
            halted: BTreeSet::new(),
            arrived: VecDeque::new(),
            reading: VecDeque::new(),
            writing: VecDeque::new(),
        }
    }

    /// A control request: what to read (empty for a request that writes), or `None` for a stall.
    pub(super) fn control(&mut self, setup: [u8; 8]) -> (Option<Vec<u8>>, Vec<Done>) {
        let [kind, request, value_low, value_high, index_low, index_high, length_low, length_high] = setup;
        let index = u16::from_le_bytes([index_low, index_high]);
        let length = usize::from(u16::from_le_bytes([length_low, length_high]));
        let recipient = kind & 0x1F;
        let endpoint = index_low;
        let mut ended = Vec::new();
        let answer = match request {
            // Class and vendor requests: this lock has none.
            _ if kind & 0x60 != 0 => None,
            GET_DESCRIPTOR => self.descriptor(value_high, value_low, recipient, index),
            GET_STATUS => Some(vec![u8::from(recipient == TO_ENDPOINT && self.halted.contains(&endpoint)), 0]),
            CLEAR_FEATURE if recipient == TO_ENDPOINT => {
                self.halted.remove(&endpoint);
                Some(Vec::new())
            }
            SET_FEATURE if recipient == TO_ENDPOINT => {
                ended = self.halt(endpoint);
                Some(Vec::new())
            }
            GET_CONFIGURATION => Some(vec![1]),
            SET_CONFIGURATION => {
                self.halted.clear();
                (value_low < 2).then(Vec::new)
            }
            GET_INTERFACE if recipient == TO_INTERFACE && index < self.identity.interfaces() => Some(vec![0]),
            SET_INTERFACE if recipient == TO_INTERFACE && index < self.identity.interfaces() && value_low == 0 => {
                Some(Vec::new())
            }
            _ => None,
        };
        let cut = answer.map(|mut bytes| {
            bytes.truncate(length);
            bytes
        });
        (cut, ended)
    }

    /// A bulk-OUT transfer begins. `true` when its data has to go to the lock, which then says how it ends.
    pub(super) fn write(&mut self, transfer: u32, number: u8, length: usize) -> (bool, Vec<Done>) {
        if self.halted.contains(&number) {
            return (false, vec![Done::wrote(transfer, EPIPE, length)]);
        }
        if number != EXIT || !self.identity.bulk() {
            return (false, Vec::new()); // nobody listens there: NAK
        }
        if length == 0 {
            return (false, vec![Done::wrote(transfer, 0, 0)]);
        }
        self.writing.push_back((Some(transfer), length));
        (true, Vec::new())
    }

    /// A bulk-IN transfer of at most `length` bytes begins.
    pub(super) fn read(&mut self, transfer: u32, number: u8, length: usize) -> Vec<Done> {
        let endpoint = number | 0x80;
        if self.halted.contains(&endpoint) {
            return vec![Done::read(transfer, EPIPE, Vec::new())];
        }
        if endpoint != ENTRY || !self.identity.bulk() {
            return Vec::new();
        }
        self.reading.push_back((transfer, length));
        self.deliver()
    }

    /// A transfer is not waited for any more.
    pub(super) fn forget(&mut self, transfer: u32) {
        self.reading.retain(|entry| entry.0 != transfer);
        for entry in self.writing.iter_mut().filter(|entry| entry.0 == Some(transfer)) {
            // The lock will still say how it ended.
            entry.0 = None;
        }
    }

    /// The lock sent a message.
    pub(super) fn arrives(&mut self, message: Vec<u8>) -> Vec<Done> {
        self.arrived.push_back(message);
        self.deliver()
    }

    /// The lock took the oldest bulk-OUT transfer.
    pub(super) fn taken(&mut self) -> Vec<Done> {
        self.wrote(0)
    }

    /// It refuses it: the endpoint stalls until the halt is cleared.
    pub(super) fn stalls(&mut self) -> Vec<Done> {
        self.halted.insert(EXIT);
        self.wrote(EPIPE)
    }

    fn wrote(&mut self, status: i32) -> Vec<Done> {
        let Some((Some(transfer), length)) = self.writing.pop_front() else { return Vec::new() };
        vec![Done::wrote(transfer, status, length)]
    }

    /// The oldest bulk-OUT transfer never ends, until the host gives it up.
    pub(super) fn hangs(&mut self) {
        self.writing.pop_front();
    }

    fn halt(&mut self, endpoint: u8) -> Vec<Done> {
        self.halted.insert(endpoint);
        if endpoint != ENTRY {
            return Vec::new();
        }
        self.reading.drain(..).map(|(transfer, _)| Done::read(transfer, EPIPE, Vec::new())).collect()
    }

    /// A message ends with a packet that is not full, which may be an empty one. A transfer that is full before, at the border of a
    /// packet, leaves the rest to the next; within a packet that is babble, and the rest is lost.
    fn deliver(&mut self) -> Vec<Done> {
        let mut done = Vec::new();
        while !self.arrived.is_empty() {
            let Some((transfer, length)) = self.reading.pop_front() else { break };
            let Some(mut message) = self.arrived.pop_front() else { break };
            let whole_packets = length % usize::from(PACKET) == 0;
            if message.len() < length || (message.len() == length && !whole_packets) {
                done.push(Done::read(transfer, 0, message));
                continue;
            }
            let rest = message.split_off(length);
            if whole_packets {
                self.arrived.push_front(rest);
            }
            done.push(Done::read(transfer, if whole_packets { 0 } else { EOVERFLOW }, message));
        }
        done
    }

    fn descriptor(&self, kind: u8, index: u8, recipient: u8, interface: u16) -> Option<Vec<u8>> {
        match (kind, index) {
            (1, _) => Some(self.identity.device()),
            (2, 0) => Some(self.identity.configuration()),
            (3, _) => self.identity.string(index),
            (0x22, _) if recipient == TO_INTERFACE => self.identity.report(interface),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Face;
    use super::super::introduction::Introduction;
    use super::*;

    fn device() -> Device {
        let who = Introduction {
            face: Face::Ccid,
            vendor: 0x1209,
            product: 2,
            manufacturer: "calock".into(),
            product_name: "lock".into(),
            serial: None,
            configuration: None,
        };
        Device::new(Identity::new(who, &[]).unwrap())
    }

    /// Transfer, status and length of what ended.
    fn ends(done: &[Done]) -> Vec<(u32, i32, usize)> {
        done.iter().map(|done| (done.transfer, done.status, done.actual)).collect()
    }

    #[test]
    fn a_message_ends_with_a_packet_that_is_not_full() {
        let mut device = device();
        assert!(device.read(1, 1, 64).is_empty(), "it waits");
        assert_eq!(ends(&device.arrives(vec![0; 100])), [(1, 0, 64)]);
        assert_eq!(ends(&device.read(2, 1, 64)), [(2, 0, 36)]);
        device.arrives(vec![0; 128]);
        assert_eq!(ends(&device.read(3, 1, 128)), [(3, 0, 128)]);
        assert_eq!(ends(&device.read(4, 1, 128)), [(4, 0, 0)], "an empty packet");
        device.arrives(vec![0; 100]);
        assert_eq!(ends(&device.read(5, 1, 10)), [(5, EOVERFLOW, 10)]);
        assert!(device.read(6, 1, 10).is_empty(), "the rest is lost");
        device.arrives(vec![0; 10]);
    }

    #[test]
    fn a_stall_holds_until_it_is_cleared() {
        let mut device = device();
        assert!(device.write(1, 1, 5).0);
        assert_eq!(ends(&device.stalls()), [(1, EPIPE, 0)]);
        assert_eq!(ends(&device.write(2, 1, 5).1), [(2, EPIPE, 0)]);
        let (status, _) = device.control([0x82, GET_STATUS, 0, 0, EXIT, 0, 2, 0]);
        assert_eq!(status.as_deref(), Some(&[1, 0][..]));
        device.control([0x02, CLEAR_FEATURE, 0, 0, EXIT, 0, 0, 0]);
        assert!(device.write(3, 1, 5).0);
        assert_eq!(ends(&device.taken()), [(3, 0, 5)]);
    }

    #[test]
    fn a_transfer_that_was_given_up_does_not_end_twice() {
        let mut device = device();
        device.read(1, 1, 64);
        device.forget(1);
        assert!(device.arrives(vec![0; 5]).is_empty());
        device.write(2, 1, 5);
        device.forget(2);
        assert!(device.taken().is_empty());
    }
}
