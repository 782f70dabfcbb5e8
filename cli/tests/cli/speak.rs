//! `calock lock speak` as a process: the messages on its socket, waits and faults.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use calock::frame::longmai::{Assembler, Direction, encode};
use serde_json::Value;

use crate::command::calock;

/// EnumApplication, which any lock answers.
const ASK: &[u8] = &[0x80, 0x22, 0, 0, 0, 0, 0];

/// A speaking lock; ended when dropped.
struct Speaking {
    child: Child,
    folder: tempfile::TempDir,
}

impl Speaking {
    fn start(faults: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let made =
            calock(["lock", "new", "-o", &path("lock.json"), "--ca", &path("ca.json"), "--name", "示例建设有限公司"]);
        assert_eq!(made.code, 0, "{}", made.err);
        let mut child = Command::new(env!("CARGO_BIN_EXE_calock"))
            .args(["lock", "speak", &path("lock.json"), "--socket", &path("socket")])
            .args(faults.iter().flat_map(|fault| ["--fault", fault]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("calock lock: "), "{line}");
        Self { child, folder }
    }

    /// Plugs it in; gives what it says of itself as well.
    fn plug(&self) -> (Host, Value) {
        let stream = UnixStream::connect(self.folder.path().join("socket")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut host = Host { stream, sequence: 0 };
        let (kind, who) = host.read().unwrap();
        assert_eq!(kind, b'I');
        (host, serde_json::from_slice(&who).unwrap())
    }

    fn complaints(mut self) -> String {
        self.child.kill().unwrap();
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What stands at the other end of the socket.
struct Host {
    stream: UnixStream,
    sequence: u8,
}

impl Host {
    fn write(&mut self, kind: u8, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        self.stream.write_all(&[&[kind][..], &length, bytes].concat()).unwrap();
    }

    /// The next message; `None` when the lock was pulled out.
    fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        match self.stream.read_exact(&mut head) {
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => return None,
            other => other.unwrap(),
        }
        let [kind, length @ ..] = head;
        let mut bytes = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
        self.stream.read_exact(&mut bytes).unwrap();
        Some((kind, bytes))
    }

    /// Asks, and gives the kinds of the messages that come back until an answer is whole or the lock is gone; and the answer.
    fn ask(&mut self) -> (String, Option<Vec<u8>>) {
        self.sequence += 1;
        for report in encode(Direction::Request, self.sequence, ASK).unwrap().iter() {
            self.write(b'W', report);
        }
        let mut kinds = String::new();
        let mut assembler = Assembler::default();
        while let Some((kind, bytes)) = self.read() {
            kinds.push(char::from(kind));
            match kind {
                b'R' => {
                    let whole = assembler.feed(&bytes).unwrap();
                    if let Some(message) = whole.filter(|message| message.sequence == self.sequence) {
                        return (kinds, Some(message.apdu.to_vec()));
                    }
                }
                b'H' | b'S' => return (kinds, None),
                _ => {}
            }
        }
        (kinds, None)
    }
}

#[test]
fn it_says_who_it_is_opens_and_answers() {
    let lock = Speaking::start(&["open-taken@open", "open-fails@open"]);
    let (mut host, who) = lock.plug();
    assert_eq!((&who["face"], &who["vendor"], &who["product"]), (&"hid".into(), &0x055C.into(), &0xE618.into()));
    assert!(who["serial"].is_null() && who["productName"].is_string() && who["manufacturer"].is_string(), "{who}");
    // Of two faults that fit, the one given last strikes first; then the lock opens.
    for answer in [1, 2, 0] {
        host.write(b'O', &[]);
        assert_eq!(host.read(), Some((b'o', vec![answer])));
    }
    let (kinds, answer) = host.ask();
    assert_eq!((kinds.as_str(), answer.as_deref()), ("wR", Some(&b"calock-Application\0\0\x90\0"[..])));
    host.write(b'C', &[]);
    assert!(lock.complaints().is_empty());
}

#[test]
fn faults_strike_at_run_time_and_outlive_the_plug() {
    let lock = Speaking::start(&[]);
    let (mut host, _) = lock.plug();
    for (fault, kinds, answered) in [
        ("send-hangs@EnumApplication", "H", false),
        ("send-stalls@22", "S", false),
        ("report-duplicated@any", "wR", true),
        // The copy of the answer before, which came twice, and the stale one.
        ("stale-reply@any", "RwRR", true),
    ] {
        host.write(b'F', fault.as_bytes());
        let (told, answer) = host.ask();
        assert_eq!((told.as_str(), answer.is_some()), (kinds, answered), "{fault}");
    }
    let begun = Instant::now();
    host.write(b'F', b"slow=400@any");
    assert!(host.ask().1.is_some());
    assert!(begun.elapsed() >= Duration::from_millis(400));

    host.write(b'F', b"silent@any:always");
    host.write(b'f', b"");
    assert!(host.ask().1.is_some(), "all faults were taken back");

    host.write(b'F', b"unplug-while@any:twice");
    assert_eq!(host.ask(), ("w".into(), None));
    let (mut host, _) = lock.plug();
    assert_eq!(host.ask(), ("w".into(), None), "it strikes once more");
    let (mut host, _) = lock.plug();
    assert!(host.ask().1.is_some());
}

#[test]
fn what_is_no_fault_and_no_message_ends_the_connection() {
    let lock = Speaking::start(&[]);
    for (kind, text, why) in [(b'F', "quiet@any", "no such kind of fault"), (b'?', "", "unknown kind")] {
        let (mut host, _) = lock.plug();
        host.write(kind, text.as_bytes());
        assert_eq!(host.read(), None, "{why}");
    }
    let (mut host, _) = lock.plug();
    assert!(host.ask().1.is_some(), "the lock can be plugged in again");
    let complaints = lock.complaints();
    assert!(complaints.contains("no such kind of fault") && complaints.contains("unknown kind"), "{complaints}");

    let socket = Path::new("no-such-folder").join("socket");
    let refused =
        calock(["lock", "speak", "no-such-file.json", "--socket", socket.to_str().unwrap(), "--fault", "silent"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("KIND@WHEN"), "{}", refused.err);
}
