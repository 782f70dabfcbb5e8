//! A command APDU as a lock reads it: refused with `BAD_FRAME`, or read so that writing it gives the same bytes.
#![no_main]

use calock::Code;
use calock::apdu::Command;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| match Command::parse(data) {
    Err(error) => assert_eq!(error.code, Code::BadFrame),
    Ok((command, form)) => {
        let written = command.encode(form).expect("what was read can be written");
        assert_eq!(&written[..], data, "{command:?}");
    }
});
