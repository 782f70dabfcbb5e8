//! Files, such as the seal: listed, measured and read. The application's handle travels in P1 P2, for ReadFile in the data
//! (reference: token.md 1.3).

use super::{Card, Outcome};
use crate::apdu::{Command, Status};
use crate::virtual_lock::file::from_base64;

const ANYONE: u32 = 0xFF;
const NOBODY: u32 = 0;

impl Card {
    pub(super) fn enum_files(&self, command: &Command) -> Outcome {
        self.in_application(&[command.p1, command.p2])?;
        let mut names: Vec<u8> = self.files.iter().flat_map(|file| file.name.bytes().chain([0])).collect();
        names.push(0);
        Ok(names)
    }

    pub(super) fn file_info(&self, command: &Command) -> Outcome {
        self.in_application(&[command.p1, command.p2])?;
        let size = u32::try_from(self.file(command.data())?.len()).map_err(|_| Status::NO_FILE)?;
        Ok([size, ANYONE, NOBODY].map(|number| self.long(number)).concat())
    }

    pub(super) fn read_file(&self, command: &Command) -> Outcome {
        let (&[offset0, offset1, length0, length1], name) =
            self.in_application(command.data())?.split_first_chunk::<4>().ok_or(Status::WRONG_LENGTH)?;
        if name.len() != usize::from(self.read_short([length0, length1])) {
            return Err(Status::BAD_DATA);
        }
        let content = self.file(name)?;
        let from = usize::from(self.read_short([offset0, offset1]));
        let wanted = command.expected().unwrap_or(Command::ALL) as usize;
        let rest = content.get(from..).ok_or(Status(0x6B00))?;
        Ok(rest[..rest.len().min(wanted)].to_vec())
    }

    fn file(&self, name: &[u8]) -> Outcome {
        let file = self.files.iter().find(|file| file.name.as_bytes() == name).ok_or(Status::NO_FILE)?;
        from_base64(&file.content).map_err(|_| Status::NO_FILE)
    }
}
