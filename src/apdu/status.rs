//! Status words with names that can be searched for.
//!
//! Sources: ISO/IEC 7816-4 table 6; the tables of GM/T 0017-2012 and one vendor's header where the standard's own could not
//! be read (reference: token.md 1.7).

use core::fmt;

/// SW1 SW2.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u16);

impl Status {
    /// 9000: done.
    pub const OK: Self = Self(0x9000);
    /// 6A9E: there is more data; send the identical command again (GM/T 0017).
    pub const MORE_DATA: Self = Self(0x6A9E);
    /// 6700: Lc is wrong for the command.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6982: the PIN has to be verified first.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// 6983: the PIN is locked.
    pub const AUTH_LOCKED: Self = Self(0x6983);
    /// 6985: conditions of use not satisfied.
    pub const CONDITIONS: Self = Self(0x6985);
    /// 698A: the application is not open.
    pub const APPLICATION_NOT_OPEN: Self = Self(0x698A);
    /// 6A80: the data field is wrong.
    pub const BAD_DATA: Self = Self(0x6A80);
    /// 6A82: no such file, or no such data object.
    #[cfg(feature = "full")]
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A86: P1 or P2 is wrong.
    pub const BAD_P1P2: Self = Self(0x6A86);
    /// 6A88: the application does not exist.
    pub const NO_APPLICATION: Self = Self(0x6A88);
    /// 6A8B: no application of that name.
    pub const NO_APPLICATION_NAME: Self = Self(0x6A8B);
    /// 6A91: no container of that name.
    pub const NO_CONTAINER_NAME: Self = Self(0x6A91);
    /// 6A93: no file of that name.
    pub const NO_FILE: Self = Self(0x6A93);
    /// 6A94: no container of that id.
    pub const NO_CONTAINER: Self = Self(0x6A94);
    /// 6A95: the container has no such key pair.
    pub const NO_KEY_PAIR: Self = Self(0x6A95);
    /// 6A96: the container has no such certificate.
    pub const NO_CERTIFICATE: Self = Self(0x6A96);
    /// 6D00: the instruction is not known.
    pub const INS_UNKNOWN: Self = Self(0x6D00);
    /// 6E00: the class is not known.
    pub const CLA_UNKNOWN: Self = Self(0x6E00);

    /// 63Cx: wrong PIN with `left` tries left; `left` above 15 is written as 15, the most the form can say.
    #[must_use]
    pub const fn pin_wrong(left: u8) -> Self {
        Self(0x63C0 | if left > 15 { 15 } else { left as u16 })
    }

    /// The tries left of a 63Cx.
    #[must_use]
    pub const fn tries_left(self) -> Option<u8> {
        if self.0 & 0xFFF0 == 0x63C0 { Some((self.0 & 0xF) as u8) } else { None }
    }

    /// `63C0 | left << 8` for any count: how one vendor's locks refuse a PIN (reference: token.md 1.5). The count cannot be
    /// read from it, since the 63 swallows two of its bits.
    #[cfg(feature = "full")]
    #[must_use]
    pub const fn is_shifted_refusal(self) -> bool {
        self.0 & 0xF3FF == 0x63C0
    }

    /// 61xx: `xx` more bytes wait for GET RESPONSE (0 means 256 or more).
    #[must_use]
    pub const fn more_waiting(self) -> Option<u8> {
        if self.0 >> 8 == 0x61 { Some((self.0 & 0xFF) as u8) } else { None }
    }

    /// 6Cxx: the right Le is `xx`.
    #[must_use]
    pub const fn right_le(self) -> Option<u8> {
        if self.0 >> 8 == 0x6C { Some((self.0 & 0xFF) as u8) } else { None }
    }

    /// A name for people and search engines; `UNKNOWN` where no source names the word, and everywhere in a build without feature
    /// `names`: a page shows the number, and who reads it has this list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        if !cfg!(feature = "names") {
            return "UNKNOWN";
        }
        match self.0 {
            0x9000 => "OK",
            0x61_00..=0x61_FF => "MORE_WAITING",
            0x63C0..=0x63CF => "PIN_WRONG",
            0x62_00..=0x63_FF => "WARNING",
            0x6400..=0x64FF => "EXECUTION_ERROR",
            0x6500 | 0x6581 => "MEMORY_WRITE_FAILED",
            0x6700 => "WRONG_LENGTH",
            0x6881 => "LOGICAL_CHANNEL_UNSUPPORTED",
            0x6882 => "SECURE_MESSAGING_UNSUPPORTED",
            0x6915 => "KEY_GENERATION_FAILED",
            0x6981 => "FILE_STRUCTURE",
            0x6982 => "SECURITY_STATUS_NOT_SATISFIED",
            0x6983 => "AUTHENTICATION_BLOCKED",
            0x6984 => "REFERENCED_DATA_INVALID",
            0x6985 => "CONDITIONS_NOT_SATISFIED",
            0x6986 => "COMMAND_NOT_ALLOWED",
            0x6988 => "MAC_WRONG",
            0x698A => "APPLICATION_NOT_OPEN",
            0x6A80 => "WRONG_DATA",
            0x6A81 => "FUNCTION_UNSUPPORTED",
            0x6A82 => "FILE_NOT_FOUND",
            0x6A83 => "RECORD_NOT_FOUND",
            0x6A84 => "NO_SPACE",
            0x6A85 => "LC_INCONSISTENT_WITH_TLV",
            0x6A86 => "WRONG_P1P2",
            0x6A87 => "LC_INCONSISTENT_WITH_P1P2",
            0x6A88 => "APPLICATION_DOES_NOT_EXIST",
            0x6A89 => "APPLICATION_EXISTS",
            0x6A8A => "APPLICATION_ALREADY_OPEN",
            0x6A8B => "APPLICATION_NAME_NOT_FOUND",
            0x6A8C => "SYMMETRIC_KEY_MISSING",
            0x6A8D => "DATA_ERROR",
            0x6A90 => "MULTIPLE_APPLICATIONS_UNSUPPORTED",
            0x6A91 => "CONTAINER_NAME_NOT_FOUND",
            0x6A92 => "FILE_EXISTS",
            0x6A93 => "FILE_MISSING",
            0x6A94 => "CONTAINER_DOES_NOT_EXIST",
            0x6A95 => "KEY_PAIR_MISSING",
            0x6A96 => "CERTIFICATE_MISSING",
            0x6A97 => "WRITE_FAILED",
            0x6A98 => "SIGNATURE_VERIFICATION_FAILED",
            0x6A99 => "SESSION_KEY_ALGORITHM_UNSUPPORTED",
            0x6A9A => "ASYMMETRIC_ENCRYPTION_FAILED",
            0x6A9B => "ASYMMETRIC_DECRYPTION_FAILED",
            0x6A9C => "PRIVATE_KEY_OPERATION_FAILED",
            0x6A9D => "HASH_UNSUPPORTED",
            0x6A9E => "MORE_DATA_RESEND",
            0x6A9F => "KEY_NOT_FOUND",
            0x6B00 => "WRONG_OFFSET",
            0x6B01 | 0x6B02 => "KEY_AGREEMENT_FAILED",
            0x6C00..=0x6CFF => "WRONG_LE",
            0x6D00 => "INSTRUCTION_UNKNOWN",
            0x6E00 => "CLASS_UNKNOWN",
            0x6E01 => "REPLY_EXCEEDS_BUFFER",
            0x6E02 => "CONTAINER_EXISTS",
            0x6F00 => "NO_DIAGNOSIS",
            _ => "UNKNOWN",
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} {}", self.0, self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_numbers_in_them() {
        assert_eq!(Status(0x63C9).tries_left(), Some(9));
        assert_eq!(Status(0x6300).tries_left(), None);
        assert_eq!(Status::pin_wrong(20), Status(0x63CF));
        assert_eq!(Status(0x6110).more_waiting(), Some(0x10));
        assert_eq!(Status(0x6C20).right_le(), Some(0x20));
        assert_eq!(Status::OK.more_waiting(), None);
    }

    #[test]
    fn names_can_be_searched() {
        assert_eq!(format!("{:?}", Status(0x6A9E)), "6A9E MORE_DATA_RESEND");
        assert_eq!(Status(0x63C3).name(), "PIN_WRONG");
        assert_eq!(Status(0x1234).name(), "UNKNOWN");
    }
}
