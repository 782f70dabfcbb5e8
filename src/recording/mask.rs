//! What of a command and its answer may be shown to anybody.
//!
//! One row a command: of GM/T 0017 (reference: token.md 1.2, 1.3), and two of ISO/IEC 7816-4 as PIV uses them. Header and
//! lengths are always shown, data only as its row says; a command without a row shows none. A row never says more than what was
//! looked at: an answer of another length than expected, or to a refused command, is masked whole.

use super::certificate;
use crate::apdu::{Command, Status};
use crate::script::Pattern;

/// What of a data field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// Only its length.
    Nothing,
    /// All of it if it has exactly so many bytes: handles, counters, rights.
    Exactly(usize),
    /// The handles and lengths before what is secret; the rest is masked.
    First(usize),
    /// Names of applications, which an issuer gives to all its locks alike: shown when they are printable ASCII.
    Applications,
    /// Names of containers and files, which may be a person's: how many there are and how long, written as `X`.
    Names,
    /// The structure of GetDevInfo without label, serial number, issuer, free space (which tells how long a name in a certificate is) and reserve.
    DeviceInfo,
    /// Length and a certificate without its values.
    Certificate,
    /// Tag, length and certificate of a PIV data object.
    PivObject,
    /// The number 256 before a point or signature; the rest is masked.
    Bits,
}

use Shown::{Applications, Bits, Certificate, DeviceInfo, Exactly, First, Names, Nothing, PivObject};

/// Instruction, what is shown of the command's data and of the answer's.
struct Row(u8, Shown, Shown);

/// GM/T 0017. What is not here carries contents, keys or random numbers, or a vendor made it up.
static GMT0017: &[Row] = &[
    Row(0x04, Nothing, DeviceInfo),       // GetDevInfo
    Row(0x14, Exactly(2), Exactly(3)),    // GetPINInfo
    Row(0x16, First(2), Nothing),         // ChangePIN
    Row(0x18, First(2), Nothing),         // VerifyPIN
    Row(0x1A, First(2), Nothing),         // UnblockPIN
    Row(0x1C, Exactly(2), Nothing),       // ClearSecureState
    Row(0x22, Nothing, Applications),     // EnumApplication
    Row(0x26, Applications, Exactly(10)), // OpenApplication
    Row(0x28, Exactly(2), Nothing),       // CloseApplication
    Row(0x34, Exactly(2), Names),         // EnumFiles
    Row(0x36, Nothing, First(12)),        // GetFileInfo
    Row(0x38, First(6), Nothing),         // ReadFile
    Row(0x3A, First(6), Nothing),         // WriteFile
    Row(0x40, First(2), Exactly(2)),      // CreateContainer
    Row(0x42, First(2), Exactly(2)),      // OpenContainer
    Row(0x44, Exactly(4), Nothing),       // CloseContainer
    Row(0x46, Exactly(2), Names),         // EnumContainer
    Row(0x48, First(2), Nothing),         // DeleteContainer
    Row(0x4A, First(2), Exactly(11)),     // GetContainerInfo
    Row(0x4C, First(9), Nothing),         // ImportCertificate
    Row(0x4E, Exactly(4), Certificate),   // ExportCertificate
    Row(0x54, Exactly(6), Nothing),       // GenRSAKeyPair
    Row(0x56, First(4), Nothing),         // ImportRSAKeyPair
    Row(0x58, First(4), Nothing),         // RSASignData
    Row(0x70, Exactly(8), Nothing),       // GenECCKeyPair
    Row(0x72, First(4), Nothing),         // ImportECCKeyPair
    Row(0x74, First(4), Bits),            // ECCSignData
    Row(0x88, Exactly(4), Bits),          // ExportPublicKey
    Row(0xA0, First(4), Nothing),         // ImportSessionKey
];

/// ISO/IEC 7816-4 as PIV uses it. SELECT tells which application is wanted, GET DATA which object.
static ISO: &[Row] = &[
    Row(0xA4, First(12), Nothing),    // SELECT
    Row(0xCB, Exactly(5), PivObject), // GET DATA
];

/// A command APDU with its secrets masked.
#[must_use]
pub fn command(apdu: &[u8]) -> Pattern {
    let Ok((command, _)) = Command::parse(apdu) else {
        // No APDU: nobody knows what its bytes are.
        return shown_first(apdu, 4);
    };
    let (head, rest) = apdu.split_at(apdu.len().min(4));
    let lengths_before = match (command.data().is_empty(), rest) {
        (true, _) => rest.len(),
        (false, [0, ..]) => 3,
        (false, _) => 1,
    };
    let (before, data) = rest.split_at(lengths_before.min(rest.len()));
    let (data, after) = data.split_at(command.data().len().min(data.len()));
    let mut pattern = Pattern::known(head);
    pattern.append(Pattern::known(before));
    pattern.append(row(apdu).map_or(Nothing, |row| row.1).of(data));
    pattern.append(Pattern::known(after));
    pattern
}

/// The data of an answer, whole, with its secrets masked. `question` is the command it answers, `status` its last status word.
#[must_use]
pub fn answer(question: &[u8], data: &[u8], status: Status) -> Pattern {
    let shown = row(question).filter(|_| status == Status::OK || has_more(status)).map_or(Nothing, |row| row.2);
    shown.of(data)
}

/// Whether a status word says that there is more of the answer.
pub(super) fn has_more(status: Status) -> bool {
    status == Status::MORE_DATA || status.more_waiting().is_some()
}

fn row(apdu: &[u8]) -> Option<&'static Row> {
    let &[class, instruction, ..] = apdu else { return None };
    let rows = match class & !0x14 {
        // 10 is chaining, 04 secure messaging.
        0x80 => GMT0017,
        0x00 => ISO,
        _ => return None,
    };
    rows.iter().find(|row| row.0 == instruction)
}

impl Shown {
    fn of(self, data: &[u8]) -> Pattern {
        let all_or_nothing = |good: bool| if good { Pattern::known(data) } else { Pattern::masked(data.len()) };
        match self {
            Nothing => Pattern::masked(data.len()),
            Exactly(length) => all_or_nothing(data.len() == length),
            First(length) => shown_first(data, length),
            Applications => all_or_nothing(data.iter().all(|byte| matches!(byte, 0 | 0x20..=0x7E))),
            Names => Pattern::known(&data.iter().map(|&byte| if byte == 0 { 0 } else { b'X' }).collect::<Vec<_>>()),
            DeviceInfo => device_info(data),
            Certificate => lengthened_certificate(data).unwrap_or_else(|| Pattern::masked(data.len())),
            PivObject => {
                certificate::piv_object(data).map_or(Pattern::masked(data.len()), |data| Pattern::known(&data))
            }
            Bits => match data {
                [0, 0, 1, 0, ..] | [0, 1, 0, 0, ..] => shown_first(data, 4),
                _ => Pattern::masked(data.len()),
            },
        }
    }
}

fn shown_first(data: &[u8], length: usize) -> Pattern {
    let (first, rest) = data.split_at(length.min(data.len()));
    let mut pattern = Pattern::known(first);
    pattern.append(Pattern::masked(rest.len()));
    pattern
}

/// Versions, manufacturer, capabilities and space (reference: token.md 1.4). Only in the one length whose fields are known: in any
/// other a serial number may stand anywhere.
fn device_info(data: &[u8]) -> Pattern {
    const LENGTH: usize = 288;
    const SHOWN: [core::ops::Range<usize>; 3] = [0..68, 196..220, 224..234];
    if data.len() != LENGTH {
        return Pattern::masked(data.len());
    }
    let mut pattern = Pattern::default();
    for (at, byte) in data.iter().enumerate() {
        let shown = SHOWN.iter().any(|range| range.contains(&at));
        pattern.append(if shown { Pattern::known(&[*byte]) } else { Pattern::masked(1) });
    }
    pattern
}

/// Length in either byte order, DER, and what may stand behind it.
fn lengthened_certificate(data: &[u8]) -> Option<Pattern> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    let fits = |number: u32| usize::try_from(number).ok().filter(|&number| number <= rest.len());
    let announced = fits(u32::from_be_bytes(*length)).or_else(|| fits(u32::from_le_bytes(*length)))?;
    let (der, after) = rest.split_at(announced);
    let mut pattern = Pattern::known(length);
    pattern.append(Pattern::known(&certificate::without_values(der)?));
    pattern.append(Pattern::masked(after.len()));
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::apdu::Form;

    fn hex(pattern: &Pattern) -> String {
        pattern.to_string()
    }

    fn answered(question: [u8; 4], data: &[u8]) -> String {
        hex(&answer(&question, data, Status::OK))
    }

    #[test]
    fn handles_are_shown_and_secrets_are_not() {
        let sign = [&[0x80, 0x74, 2, 0, 0, 0, 36, 0x10, 0, 0x30, 1][..], &[0xAB; 32]].concat();
        assert_eq!(hex(&command(&sign)), format!("8074020000002410003001{}", "..".repeat(32)));
        let verify = [&[0x80, 0x18, 0, 1, 0, 0, 18, 0x10, 0][..], &[0xAB; 16]].concat();
        assert_eq!(hex(&command(&verify)), format!("801800010000121000{}", "..".repeat(16)));
        assert_eq!(hex(&command(&[0x80, 0x50, 0, 0, 0, 0, 8])), "80500000000008");
        assert_eq!(answered([0x80, 0x50, 0, 0], &[1; 8]), "..".repeat(8));
        assert_eq!(answered([0x80, 0x14, 0, 1], &[6, 5, 0]), "060500");
        assert_eq!(answered([0x80, 0x14, 0, 1], &[6, 5, 0, 1]), "..".repeat(4));
        assert_eq!(answered([0x80, 0x74, 2, 0], &[&[0, 0, 1, 0][..], &[7; 64]].concat())[..10], *"00000100..");
        assert_eq!(answered([0x80, 0x74, 2, 0], &[7; 68]), "..".repeat(68));
        assert_eq!(hex(&answer(&[0x80, 0x14, 0, 1], &[6, 5, 0], Status::CONDITIONS)), "......");
    }

    #[test]
    fn names_keep_their_number_and_length() {
        assert_eq!(answered([0x80, 0x46, 0, 0], b"ab\0cde\0\0"), hex(&Pattern::known(b"XX\0XXX\0\0")));
        assert_eq!(answered([0x80, 0x22, 0, 0], b"APP\0\0"), hex(&Pattern::known(b"APP\0\0")));
        assert_eq!(answered([0x80, 0x22, 0, 0], "应用\0\0".as_bytes()), "..".repeat(8));
    }

    #[test]
    fn device_info_without_whose_it_is() {
        let shown = answered([0x80, 0x04, 0, 0], &[b'7'; 288]);
        let field = |range: core::ops::Range<usize>| &shown[range.start * 2..range.end * 2];
        for (masked, length) in [(68..196, 128), (220..224, 4), (234..288, 54)] {
            assert_eq!(field(masked), "..".repeat(length));
        }
        assert_eq!(field(0..68), "37".repeat(68));
        assert_eq!(answered([0x80, 0x04, 0, 0], &[b'7'; 294]), "..".repeat(294));
    }

    #[test]
    fn every_row_has_its_own_instruction() {
        for rows in [GMT0017, ISO] {
            assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, none twice");
        }
    }

    proptest! {
        /// What has no row shows header and lengths only, whatever class, form and data.
        #[test]
        fn unknown_commands_are_masked(head: [u8; 4], data in prop::collection::vec(any::<u8>(), 1..300), short: bool) {
            prop_assume!(row(&head).is_none());
            let form = if short && data.len() < 256 { Form::Short } else { Form::Extended };
            let apdu = Command::new(head[0], head[1], head[2], head[3]).with_data(&[&data]).encode(form).unwrap();
            let shown = command(&apdu);
            prop_assert_eq!(shown.len(), apdu.len());
            prop_assert_eq!(shown.bytes().filter(Option::is_none).count(), data.len());
            prop_assert_eq!(answer(&head, &data, Status::OK), Pattern::masked(data.len()));
        }

        /// Whatever is no APDU shows four bytes at most; every length is kept.
        #[test]
        fn lengths_are_kept(bytes in prop::collection::vec(any::<u8>(), 0..400), data in prop::collection::vec(any::<u8>(), 0..400)) {
            let shown = command(&bytes);
            prop_assert_eq!(shown.len(), bytes.len());
            prop_assert_eq!(shown.difference(&bytes), None);
            prop_assert_eq!(answer(&bytes, &data, Status::OK).len(), data.len());
        }
    }
}
