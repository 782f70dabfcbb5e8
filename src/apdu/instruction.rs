//! The names of commands (reference: token.md 1.2 for GM/T 0017, 6.1 for PIV).

/// A command by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// As the standard writes it.
    pub name: &'static str,
    /// Instruction byte.
    pub code: u8,
    /// Whether it is GM/T 0017's: class byte 80 and above. ISO/IEC 7816-4's have the upper bit clear.
    pub proprietary: bool,
}

impl Instruction {
    /// What a command APDU is called; `None` when no list names it.
    #[must_use]
    pub fn of(apdu: &[u8]) -> Option<&'static Self> {
        NAMED.iter().find(|instruction| instruction.is(apdu))
    }

    /// The command of a name, in capitals or not.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        NAMED.iter().find(|instruction| instruction.name.eq_ignore_ascii_case(name))
    }

    /// Whether an APDU is this command.
    #[must_use]
    pub fn is(&self, apdu: &[u8]) -> bool {
        matches!(apdu, [class, code, ..] if *code == self.code && (*class >= 0x80) == self.proprietary)
    }
}

const fn gmt(code: u8, name: &'static str) -> Instruction {
    Instruction { name, code, proprietary: true }
}

const fn iso(code: u8, name: &'static str) -> Instruction {
    Instruction { name, code, proprietary: false }
}

static NAMED: &[Instruction] = &[
    gmt(0x02, "SetLabel"),
    gmt(0x04, "GetDevInfo"),
    gmt(0x10, "DevAuth"),
    gmt(0x12, "ChangeDevAuthKey"),
    gmt(0x14, "GetPINInfo"),
    gmt(0x16, "ChangePIN"),
    gmt(0x18, "VerifyPIN"),
    gmt(0x1A, "UnblockPIN"),
    gmt(0x1C, "ClearSecureState"),
    gmt(0x20, "CreateApplication"),
    gmt(0x22, "EnumApplication"),
    gmt(0x24, "DeleteApplication"),
    gmt(0x26, "OpenApplication"),
    gmt(0x28, "CloseApplication"),
    gmt(0x30, "CreateFile"),
    gmt(0x32, "DeleteFile"),
    gmt(0x34, "EnumFiles"),
    gmt(0x36, "GetFileInfo"),
    gmt(0x38, "ReadFile"),
    gmt(0x3A, "WriteFile"),
    gmt(0x40, "CreateContainer"),
    gmt(0x42, "OpenContainer"),
    gmt(0x44, "CloseContainer"),
    gmt(0x46, "EnumContainer"),
    gmt(0x48, "DeleteContainer"),
    gmt(0x4A, "GetContainerInfo"),
    gmt(0x4C, "ImportCertificate"),
    gmt(0x4E, "ExportCertificate"),
    gmt(0x50, "GenRandom"),
    gmt(0x54, "GenRSAKeyPair"),
    gmt(0x56, "ImportRSAKeyPair"),
    gmt(0x58, "RSASignData"),
    gmt(0x5A, "RSAExportSessionKey"),
    gmt(0x70, "GenECCKeyPair"),
    gmt(0x72, "ImportECCKeyPair"),
    gmt(0x74, "ECCSignData"),
    gmt(0x76, "ECCVerify"),
    gmt(0x78, "ECCExportSessionKey"),
    gmt(0x7A, "ExtECCEncrypt"),
    gmt(0x7C, "ExtECCDecrypt"),
    gmt(0x7E, "ExtECCSign"),
    gmt(0x88, "ExportPublicKey"),
    gmt(0xB4, "DigestInit"),
    gmt(0xB6, "Digest"),
    gmt(0xB8, "DigestUpdate"),
    gmt(0xBA, "DigestFinal"),
    iso(0x20, "Verify"),
    iso(0x24, "ChangeReferenceData"),
    iso(0x87, "GeneralAuthenticate"),
    iso(0xA4, "Select"),
    iso(0xC0, "GetResponse"),
    iso(0xCB, "GetData"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_each_others() {
        for instruction in NAMED {
            let class = if instruction.proprietary { 0x80 } else { 0x00 };
            assert_eq!(Instruction::of(&[class, instruction.code, 0, 0]), Some(instruction));
            assert_eq!(Instruction::named(&instruction.name.to_lowercase()), Some(instruction));
        }
        assert_eq!(Instruction::of(&[0x00, 0x18]), None, "VerifyPIN is GM/T 0017's");
        assert_eq!(Instruction::of(&[0x80]), None);
    }
}
