//! `calock lock plug` as a process, in the rig: what a command there sees, orders on standard input, and the end.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::command::calock;

/// Why the rig cannot run here.
fn cannot() -> Option<String> {
    let check = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/rig/check.py");
    let output = Command::new("python3").args(["-B", check, "sh"]).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn new_lock(folder: &Path) -> String {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let made =
        calock(["lock", "new", "-o", &path("lock.json"), "--ca", &path("ca.json"), "--name", "示例建设有限公司"]);
    assert_eq!(made.code, 0, "{}", made.err);
    path("lock.json")
}

fn plug(folder: &Path, options: &[&str], script: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_calock"));
    command.args(["lock", "plug", &new_lock(folder), "--rig"]).args(options).args(["--", "sh", "-c", script]);
    command.env("TMPDIR", folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Folders of the rig that are left.
fn left(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("calock-plug-")).count()
}

#[test]
fn a_command_sees_the_lock_and_orders_pull_it_out() {
    if let Some(reason) = cannot() {
        return println!("{reason}");
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "cat /sys/bus/usb/devices/1-1/product; while [ -e /sys/bus/usb/devices/1-1 ]; do sleep 0.05; done; echo gone; \
                  while [ ! -e /sys/bus/usb/devices/1-1 ]; do sleep 0.05; done; echo back; exec sleep 1000";
    let mut child = plug(folder.path(), &[], script);
    let mut orders = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut wait_for = |wanted: &str| assert!(lines.any(|line| line.contains(wanted)), "{wanted}");
    wait_for("GM3000 (virtual)");
    for (order, answer) in [
        ("fault nonsense", "no: nonsense"),
        ("dance", "no: dance?"),
        ("fault silent@VerifyPIN", "done"),
        ("clear", "done"),
    ] {
        writeln!(orders, "{order}").unwrap();
        wait_for(answer);
    }
    writeln!(orders, "unplug").unwrap();
    wait_for("gone");
    writeln!(orders, "plug").unwrap();
    wait_for("back");
    writeln!(orders, "quit").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(left(folder.path()), 0);
}

#[test]
fn a_lock_on_usb_has_the_interfaces_it_is_told_to_have() {
    if let Some(reason) = cannot() {
        return println!("{reason}");
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "cat /sys/bus/usb/devices/1-1:1.*/bInterfaceClass; ls /sys/class/hidraw | wc -l";
    let child = plug(folder.path(), &["--face", "ccid", "--interfaces", "ff,0b,03,08"], script);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("ff\n0b\n03\n08\n0\n"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
    assert_eq!(left(folder.path()), 0);
}

#[test]
fn how_the_command_ended_is_told() {
    if let Some(reason) = cannot() {
        return println!("{reason}");
    }
    let folder = tempfile::tempdir().unwrap();
    let output = plug(folder.path(), &[], "exit 3").wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("exit status: 3"));
}

#[test]
fn a_machine_that_makes_no_devices_is_told_what_helps() {
    if Path::new("/dev/uhid").exists() {
        return println!("skipped: this machine makes devices");
    }
    let folder = tempfile::tempdir().unwrap();
    let ended = calock(["lock", "plug", &new_lock(folder.path())]);
    assert_eq!(ended.code, 2);
    for advice in ["/dev/uhid", "modprobe uhid", "calock lock plug FILE -- chromium"] {
        assert!(ended.err.contains(advice), "{}", ended.err);
    }
    let ended = calock(["lock", "plug", &new_lock(folder.path()), "--interfaces", "xyz"]);
    assert_eq!(ended.code, 2);
}
