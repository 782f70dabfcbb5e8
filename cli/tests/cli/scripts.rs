//! `calock lock play`, `record` and `convert`, as processes; over a socket, and over a hidraw node in the rig.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use calock::frame::longmai::{Assembler, Direction, encode};
use tempfile::TempDir;

use crate::command::{Ended, calock};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn example(name: &str) -> String {
    format!("{ROOT}/tests/scripts/{name}.txt")
}

struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let (lock, ca) = (bench.path("lock.json"), bench.path("ca.json"));
        let made = calock([
            "lock",
            "new",
            "-o",
            &lock,
            "--ca",
            &ca,
            "--name",
            "测试样例建设有限公司",
            "--uscc",
            "91110000MA0CAL0C8K",
        ]);
        assert_eq!(made.code, 0, "{}", made.err);
        bench
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.0.path().join(name), text).unwrap();
        self.path(name)
    }
}

/// Runs `calock` with a PIN on its standard input.
fn typing(pin: &str, arguments: &[&str]) -> Ended {
    let mut process = Command::new(env!("CARGO_BIN_EXE_calock"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(format!("{pin}\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command that runs until it is killed, and has said that it listens.
struct Listening(Child);

impl Listening {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_calock"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("calock lock: "), "{line}");
        Self(process)
    }

    fn end(mut self) -> (i32, String) {
        let mut err = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.0.wait().unwrap().code().unwrap(), err)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // One that ended by itself is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// ---- record ------------------------------------------------------------------------------------------------------------------

#[test]
fn a_virtual_lock_is_recorded_and_its_recording_played() {
    let bench = Bench::new();
    let (lock, trace) = (bench.path("lock.json"), bench.path("trace.txt"));
    let ended =
        typing("12345678", &["lock", "record", "--lock", &lock, "--out", &trace, "--what", "login", "--pin-stdin"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("13 exchanges, masked"), "{}", ended.out);
    let text = fs::read_to_string(&trace).unwrap();
    assert!(text.starts_with("# calock-script:1\n# profile: gm3000\n"));
    assert!(text.contains(&format!("=> 801800010000121000{}\n<= 9000\n", "..".repeat(16))));
    let name: String = "测试样例建设有限公司".bytes().map(|byte| format!("{byte:02X}")).collect();
    assert!(!text.contains(&name) && fs::read_to_string(&lock).unwrap().contains("12345678"));

    let played = calock(["lock", "play", &trace, "--check"]);
    assert_eq!(played.code, 0, "{}", played.err);
    assert!(
        played.out.contains("session: SIGN_FAILED") && played.out.contains("left over: 1 exchange,"),
        "{}",
        played.out
    );
}

#[test]
fn what_goes_wrong_is_recorded_too() {
    let bench = Bench::new();
    let (lock, trace) = (bench.path("lock.json"), bench.path("trace.txt"));
    let ended =
        typing("87654321", &["lock", "record", "--lock", &lock, "--out", &trace, "--what", "login", "--pin-stdin"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("PIN_WRONG") && ended.err.contains("5次"), "{}", ended.err);
    assert!(!ended.err.contains("87654321"));
    assert!(fs::read_to_string(&trace).unwrap().contains("<= 63C5"));
    let info = calock(["lock", "record", "--lock", &lock, "--out", &trace]);
    assert_eq!((info.code, info.out.contains("2 exchanges")), (0, true), "{}{}", info.out, info.err);
}

#[test]
fn arguments_that_cannot_be_meant_are_refused() {
    let bench = Bench::new();
    let (lock, out) = (bench.path("lock.json"), bench.path("out.txt"));
    for arguments in [
        vec!["lock", "record", "--out", &out],
        vec!["lock", "record", "--lock", &lock, "--hidraw", "/dev/hidraw0", "--out", &out],
        vec!["lock", "record", "--lock", &lock, "--out", &out, "--what", "login"],
        vec!["lock", "record", "--lock", &lock, "--out", &out, "--pin-stdin"],
        vec!["lock", "record", "--lock", "/nowhere", "--out", &out],
        vec!["lock", "record", "--hidraw", "/dev/null", "--out", &out],
        vec!["lock", "play", &lock, "--check"],
        vec!["lock", "play", &lock],
        vec!["lock", "play", "/nowhere", "--check"],
        vec!["lock", "convert", &lock],
    ] {
        let ended = calock(&arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}{}", ended.out, ended.err);
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
    assert!(!Path::new(&out).exists());
}

// ---- play --------------------------------------------------------------------------------------------------------------------

#[test]
fn a_check_tells_the_line_of_a_wrong_command() {
    let bench = Bench::new();
    let login = fs::read_to_string(example("gm3000-login")).unwrap();
    assert_eq!(calock(["lock", "play", &example("gm3000-login"), "--check"]).code, 0);

    let other = bench.write("other.txt", &login.replace("=> 80500000000008", "=> 80500000000010"));
    let line = login.lines().position(|line| line == "=> 80500000000008").unwrap() + 1;
    let ended = calock(["lock", "play", &other, "--check"]);
    assert_eq!(ended.code, 1);
    let told = format!(
        "other.txt: line {line}: expected GenRandom 80500000000010, came GenRandom 80500000000008; byte 7 differs"
    );
    assert!(ended.err.contains(&told), "{}", ended.err);

    let broken = bench.write("broken.txt", "# calock-script:1\n\n=> 8022zz");
    let ended = calock(["lock", "play", &broken, "--check"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("broken.txt: line 3, column 8: not a hexadecimal digit"), "{}", ended.err);
}

#[test]
fn a_play_on_a_socket_ends_with_its_verdict() {
    let bench = Bench::new();
    let script =
        bench.write("script.txt", "# calock-script:1\n=> 80220000000000\n<= 4142 9000\n=> 80500000000008\n<= silent\n");
    let socket = bench.path("lock.sock");
    let asked = |apdus: &[&[u8]]| {
        let playing = Listening::start(&["lock", "play", &script, "--socket", &socket, "--once"]);
        let mut host = UnixStream::connect(&socket).unwrap();
        assert_eq!(message(&mut host).0, b'I');
        let answers: Vec<Vec<u8>> = apdus.iter().map(|apdu| exchange(&mut host, apdu)).collect();
        drop(host);
        (answers, playing.end())
    };
    let (ask, random): (&[u8], &[u8]) = (&[0x80, 0x22, 0, 0, 0, 0, 0], &[0x80, 0x50, 0, 0, 0, 0, 8]);
    let (answers, (code, err)) = asked(&[ask, random]);
    assert_eq!((answers, code), (vec![vec![0x41, 0x42, 0x90, 0], vec![]], 0), "{err}");
    let (_, (code, err)) = asked(&[ask]);
    assert!(code == 1 && err.contains("left over: 1 exchange, line 4"), "{err}");
    let (answers, (code, err)) = asked(&[random]);
    assert_eq!((answers, code), (vec![vec![0x6F, 0]], 1));
    assert!(err.contains("line 2: expected EnumApplication"), "{err}");
}

/// One message of the lock's: kind and bytes.
fn message(host: &mut UnixStream) -> (u8, Vec<u8>) {
    let mut head = [0; 5];
    host.read_exact(&mut head).unwrap();
    let [kind, length @ ..] = head;
    let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
    host.read_exact(&mut bytes).unwrap();
    (kind, bytes)
}

/// Sends a command in reports; gives the answer, empty when none comes before the lock closes the port.
fn exchange(host: &mut UnixStream, apdu: &[u8]) -> Vec<u8> {
    for report in encode(Direction::Request, 1, apdu).unwrap().iter() {
        let message = [&[b'W'][..], &64u32.to_be_bytes(), report].concat();
        host.write_all(&message).unwrap();
    }
    // What is asked for now is answered after whatever the command is answered with.
    host.write_all(&[b'O', 0, 0, 0, 0]).unwrap();
    let (mut assembler, mut answer) = (Assembler::default(), Vec::new());
    loop {
        match message(host) {
            (b'R', report) => {
                if let Some(whole) = assembler.feed(&report).unwrap() {
                    answer = whole.apdu.to_vec();
                }
            }
            (b'o', _) => return answer,
            (kind, _) => assert_eq!(kind, b'w'),
        }
    }
}

// ---- convert -----------------------------------------------------------------------------------------------------------------

#[test]
fn a_script_survives_the_way_through_reports() {
    let bench = Bench::new();
    let script = example("silent-at-signing");
    let reports = calock(["lock", "convert", &script, "--to", "reports", "--unmasked"]);
    assert_eq!(reports.code, 0, "{}", reports.err);
    assert!(
        reports.out.lines().all(|line| line.len() == 2 + 128 && (line.starts_with("> ") || line.starts_with("< ")))
    );
    let back = calock(["lock", "convert", &bench.write("reports.txt", &reports.out), "--unmasked"]);
    let original = fs::read_to_string(&script).unwrap();
    // What any byte fits became a byte.
    let filled = |text: &str| {
        text.lines().filter(|line| !line.starts_with("# 签")).collect::<Vec<_>>().join("\n").replace("..", "00")
    };
    assert_eq!(filled(&back.out), filled(&original));
}

#[test]
fn conversion_masks_unless_told_otherwise() {
    let script = example("gm3000-login");
    let name: String = "示例建设有限公司".bytes().map(|byte| format!("{byte:02X}")).collect();
    let masked = calock(["lock", "convert", &script]);
    assert_eq!(masked.code, 0, "{}", masked.err);
    let original = fs::read_to_string(&script).unwrap();
    assert!(original.contains(&name) && !masked.out.contains(&name));
    let digest = format!("=> 8074020000002410003001{}", "..".repeat(32));
    assert!(original.contains(&digest) && masked.out.contains(&digest), "what was masked stays so");
    // Masking twice is masking once.
    let bench = Bench::new();
    assert_eq!(calock(["lock", "convert", &bench.write("masked.txt", &masked.out)]).out, masked.out);
}

#[test]
fn a_capture_with_strangers_in_it() {
    let bench = Bench::new();
    let report = |direction, sequence, apdu: &[u8]| -> String {
        let mark = if direction == Direction::Request { '>' } else { '<' };
        let reports = encode(direction, sequence, apdu).unwrap();
        let line =
            |report: &[u8; 64]| report.iter().fold(format!("{mark} "), |line, byte| line + &format!("{byte:02x} "));
        reports.iter().map(|report| line(report) + "\n").collect()
    };
    let (out, back) = (Direction::Request, Direction::Response);
    let capture = [
        report(back, 9, &[0x90, 0]), // somebody else's
        report(out, 32, &[0x80, 0x50, 0, 0, 0, 0, 8]),
        report(back, 9, &[0x90, 0]),
        report(back, 32, &[1, 2, 3, 4, 5, 6, 7, 8, 0x90, 0]),
        report(out, 33, &[0x80, 0x1C, 0, 0, 0, 0, 2, 0x10, 0]),
    ]
    .concat();
    let ended = calock(["lock", "convert", &bench.write("capture.txt", &capture), "--profile", "longmai-unknown"]);
    let expected = "# calock-script:1\n# profile: longmai-unknown\n\n# GenRandom\n=> 80500000000008\n<= ................9000\n\n\
                    # ClearSecureState\n=> 801C00000000021000\n<= silent\n";
    assert_eq!((ended.code, ended.out.as_str()), (0, expected));
    assert!(ended.err.contains("2 reports belong to no exchange"), "{}", ended.err);
}

// ---- a hidraw node -----------------------------------------------------------------------------------------------------------

/// The rig offers a hidraw node with the kernel's rules; behind it is the example script, so that the whole way there and back is
/// what stands in a file.
#[test]
fn a_lock_behind_a_hidraw_node_is_recorded() {
    let rig = PathBuf::from(ROOT).join("tests/rig");
    let python = |script: &str| {
        let mut command = Command::new("python3");
        command.arg(rig.join(script));
        command
    };
    let ready = python("check.py").output();
    let reason = match &ready {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        Err(error) => Some(format!("skipped: python3: {error}")),
    };
    if let Some(reason) = reason {
        println!("{reason}");
        return;
    }
    let bench = Bench::new();
    let (socket, trace, pin) = (bench.path("lock.sock"), bench.path("trace.txt"), bench.write("pin", "4711\n"));
    let record =
        r#"exec "$0" lock record --hidraw /dev/$CALOCK_RIG/hidraw* --out "$1" --what login --pin-stdin < "$2""#;
    let recorded = |options: &[&str]| {
        let script = example("gm3000-login");
        let _playing = Listening::start(&[&["lock", "play", &script, "--socket", &socket], options].concat());
        let ended = python("rig.py")
            .args(["--lock", &socket, "--no-policy", "--time-limit", "30", "--", "sh", "-c", record])
            .args([env!("CARGO_BIN_EXE_calock"), &trace, &pin])
            .output()
            .unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{err}");
        (err, fs::read_to_string(&trace).unwrap())
    };
    let (err, trace) = recorded(&[]);
    assert!(err.contains("SIGN_FAILED") && err.contains("(verify)"), "{err}");
    // What was recorded is the script, as far as it was asked, with its masks.
    let masked = calock(["lock", "convert", &example("gm3000-login")]).out;
    assert!(trace.matches("=> ").count() == 12 && masked.starts_with(&trace), "{trace}");
    // Pulled out in the middle: told at once, not after a deadline, and recorded, too.
    let (err, trace) = recorded(&["--fault", "unplug-while@VerifyPIN"]);
    assert!(err.contains("DISCONNECTED") && err.contains("(pin)"), "{err}");
    assert!(trace.contains(&format!("=> 801800010000121000{}\n<= silent\n", "..".repeat(16))), "{trace}");
}
