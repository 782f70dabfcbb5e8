//! Captured reports as text, in the two forms that people send.
//!
//! One is ours: `> ` or `< ` and 64 bytes in hexadecimal, blanks and colons as one likes; with 65 bytes, the first of them 00, as
//! hidraw takes them. The other is what Bus Hound saves: a table whose columns stand where its header and the dashes below it say; a
//! transfer begins where the column Phase says IN or OUT and goes on in the lines below whose Phase is empty. Only one of its devices is
//! the lock, and Windows shows each HID device twice: the first one that sent a Longmai frame is taken.
//!
//! The text of Linux's usbmon is none of them: it ends after 32 bytes of each transfer (Documentation/usb/usbmon.rst), half a report.

use std::fmt;
use std::ops::Range;

use calock::frame::longmai::{Direction, REPORT};

/// One report on its way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    /// The line it begins in, from 1.
    pub(super) line: usize,
    /// To the lock or from it.
    pub(super) direction: Direction,
    /// The report.
    pub(super) bytes: Vec<u8>,
}

/// Why a capture cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    line: usize,
    why: &'static str,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// Reads either form.
pub(super) fn read(text: &str) -> Result<Vec<Transfer>, Unread> {
    match Table::find(text) {
        Some(table) => Ok(table.transfers(text)),
        None => listed(text),
    }
}

fn listed(text: &str) -> Result<Vec<Transfer>, Unread> {
    let mut transfers = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let text = text.trim();
        let unread = |why| Unread { line: index + 1, why };
        let (direction, digits) = match text.split_at_checked(1) {
            None | Some(("#", _)) => continue,
            Some((">", digits)) => (Direction::Request, digits),
            Some(("<", digits)) => (Direction::Response, digits),
            Some(_) => return Err(unread("neither \"> \" nor \"< \", nor a table of Bus Hound")),
        };
        let mut bytes = hex(digits).ok_or_else(|| unread("not hexadecimal bytes"))?;
        if bytes.len() == REPORT + 1 && bytes[0] == 0 {
            bytes.remove(0);
        }
        if bytes.len() != REPORT {
            return Err(unread("a report has 64 bytes"));
        }
        transfers.push(Transfer { line: index + 1, direction, bytes });
    }
    Ok(transfers)
}

/// Pairs of digits with anything but digits between them.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | ':'))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Where the columns of a Bus Hound table stand, counted in characters.
struct Table {
    /// The line of the dashes, from 0.
    dashes: usize,
    device: Option<Range<usize>>,
    phase: Range<usize>,
    data: Range<usize>,
}

impl Table {
    /// The header is the line above the first one of dashes and blanks that names the columns; they stand in any order.
    fn find(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let header = lines.windows(2).position(|pair| {
            let is_rule = pair[1].contains("---") && pair[1].chars().all(|c| matches!(c, '-' | ' ' | '\t'));
            is_rule && pair[0].contains("Phase") && pair[0].contains("Data")
        })?;
        let column = |name: &str| {
            let columns = spans(lines[header + 1]);
            columns.into_iter().find(|span| cell(lines[header], span).trim() == name)
        };
        Some(Self { dashes: header + 1, device: column("Device"), phase: column("Phase")?, data: column("Data")? })
    }

    /// The lock's transfers, those of endpoint 0 left out: these are the system's.
    fn transfers(&self, text: &str) -> Vec<Transfer> {
        let mut all: Vec<(String, Transfer)> = Vec::new();
        let mut goes_on = false;
        for (index, line) in text.lines().enumerate().skip(self.dashes + 1) {
            let phase = cell(line, &self.phase);
            // The dump may end early, and the column after it may begin: only whole pairs count.
            let data = hex(&cell(line, &self.data)).unwrap_or_default();
            let direction = match phase.trim() {
                "OUT" => Some(Direction::Request),
                "IN" => Some(Direction::Response),
                _ => None,
            };
            match (direction, phase.trim().is_empty()) {
                (Some(direction), _) => {
                    let device = self.device.as_ref().map(|span| cell(line, span)).unwrap_or_default();
                    let device = device.trim().split('.').next().unwrap_or_default().to_owned();
                    all.push((device, Transfer { line: index + 1, direction, bytes: data }));
                    goes_on = true;
                }
                (None, true) if goes_on => {
                    if let Some((_, last)) = all.last_mut() {
                        last.bytes.extend(data);
                    }
                }
                // Another phase: a setup packet, a status.
                (None, _) => goes_on = false,
            }
        }
        // A Longmai request: its tag, and FE 01.
        let is_ours = |transfer: &Transfer| {
            transfer.direction == Direction::Request && matches!(transfer.bytes[..], [0x80..=0xFF, 0xFE, 0x01, ..])
        };
        let lock = all.iter().find(|(_, transfer)| is_ours(transfer)).map(|(device, _)| device.clone());
        let of_lock = all
            .into_iter()
            .filter(|(device, transfer)| Some(device) == lock.as_ref() && transfer.bytes.len() == REPORT);
        of_lock.map(|(_, transfer)| transfer).collect()
    }
}

/// The runs of dashes in a line.
fn spans(line: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, character) in line.chars().enumerate() {
        match spans.last_mut() {
            _ if character != '-' => {}
            Some(last) if last.end == at => last.end = at + 1,
            _ => spans.push(at..at + 1),
        }
    }
    spans
}

fn cell(line: &str, span: &Range<usize>) -> String {
    line.chars().skip(span.start).take(span.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_in_lines() {
        let sixty_three = "00 ".repeat(63);
        let text = format!("# note\n> C1 {sixty_three}\n\n<c1:{}\n> 00C1{sixty_three}", sixty_three.replace(' ', ":"));
        let read = read(&text).unwrap();
        let lines: Vec<_> = read.iter().map(|one| (one.line, one.direction, one.bytes[0], one.bytes.len())).collect();
        let (out, back) = (Direction::Request, Direction::Response);
        assert_eq!(lines, [(2, out, 0xC1, 64), (4, back, 0xC1, 64), (5, out, 0xC1, 64)]);
    }

    #[test]
    fn lines_that_are_none() {
        for (text, line, why) in [
            ("> 00", 1, "a report has 64 bytes"),
            ("\n> 0g", 2, "not hexadecimal bytes"),
            ("> 000", 1, "not hexadecimal bytes"),
            (
                "ffff8801 12345678 S Io:1:005:1 -115 64 = c1000000",
                1,
                "neither \"> \" nor \"< \", nor a table of Bus Hound",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), Unread { line, why });
        }
    }

    /// The form as Bus Hound 6.01 saves it; the device of the lock stands twice in it, as Windows has it.
    #[test]
    fn a_table_of_bus_hound() {
        let rows = |first: &str, rest: &str| {
            let zeros = "00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00";
            format!(
                "{first}  ................       1.1.0        \n{rest}{zeros}  ................       1.1.16       \n\
                 {rest}{zeros}  ................       1.1.32       \n{rest}{zeros}  ................       1.1.48       \n"
            )
        };
        let blank = " ".repeat(15);
        let text = [
            "Bus Hound 6.01 capture on Windows. Complements of www.perisoft.net\n\n",
            "  Device - Device ID (followed by the endpoint for USB devices)\n            (24) USB Input Device\n",
            "  Data   - Hex dump of the data transferred\n\n",
            "Device  Phase  Data                                                Description       Cmd.Phase.Ofs(rep)\n",
            "------  -----  --------------------------------------------------  ----------------  ------------------\n",
            "  24.0  CTL    80 06 00 01  00 00 12 00                            GET DESCRIPTOR           1.1.0        \n",
            "  24.0  IN     12 01 10 01  00 00 00 40                            .......@                 1.2.0        \n",
            &rows("  25    OUT    de fe 01 00  00 00 00 00  00 00 00 00  00 00 00 00", &blank),
            &rows("  24.1  OUT    de fe 01 00  00 00 00 00  00 00 00 00  00 00 00 00", &blank),
            &rows("  25    IN     c1 aa aa 00  00 00 00 00  00 00 00 00  00 00 00 00", &blank),
            "  24.1  USTS   05 00 00 c0                                         stall pid                3.2.0        \n",
        ]
        .concat();
        let read = read(&text).unwrap();
        let found: Vec<_> = read.iter().map(|one| (one.line, one.direction, one.bytes[0], one.bytes.len())).collect();
        assert_eq!(found, [(11, Direction::Request, 0xDE, 64), (19, Direction::Response, 0xC1, 64)]);
    }
}
