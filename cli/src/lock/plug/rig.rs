//! Where the kernel makes no devices: a command runs in the namespace rig (`tests/rig`), whose Python files are in this program.

use std::fs::DirBuilder;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde::Deserialize;

use super::Speaking;
use super::socket::Socket;
use crate::lock::speak::listen;
use crate::outcome::Failure;

macro_rules! files {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("../../../../tests/rig/", $name)))),*] };
}

/// All that `rig.py` imports.
const FILES: [(&str, &str); 15] = files! {
    "check.py" "control.py" "fuse.py" "hidraw.py" "identity.py" "linux.py" "lock.py" "namespace.py" "processes.py" "reports.py" "rig.py"
    "sysfs.py" "uevent.py" "usb_device.py" "usbfs.py"
};
/// For the rig to take an order.
const PATIENCE: Duration = Duration::from_secs(10);

/// The rig around a command.
pub(super) struct InRig {
    folder: PathBuf,
}

impl InRig {
    /// Writes the rig to a folder of its own and starts the command in it. `origins`: whose pages may use the lock without a chooser.
    pub(super) fn start(
        lock: Speaking,
        classes: &[u8],
        origins: &[String],
        command: &[String],
    ) -> Result<(Self, Child), Failure> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let folder = std::env::temp_dir().join(format!("calock-plug-{}-{now}", std::process::id()));
        // Root runs what is in there: a folder that somebody else made is not used.
        DirBuilder::new().mode(0o700).create(&folder).map_err(|error| Failure::unusable(folder.display(), error))?;
        let rig = Self { folder };
        for (name, text) in FILES {
            std::fs::write(rig.folder.join(name), text).map_err(|error| Failure::unusable(name, error))?;
        }
        let socket = rig.folder.join("lock.sock");
        let listener = listen(&socket)?;
        thread::spawn(move || lock.serve(listener.incoming()));

        let mut place = socket.display().to_string();
        if !classes.is_empty() {
            let classes: Vec<_> = classes.iter().map(|class| format!("{class:02X}")).collect();
            place += &format!(",interfaces={}", classes.join("+"));
        }
        let mut python = Command::new("python3");
        python.arg("-B").arg(rig.folder.join("rig.py")).args(["--lock", &place, "--control"]).arg(rig.control());
        match origins {
            [] => {
                python.arg("--no-policy");
            }
            origins => origins.iter().for_each(|origin| {
                python.args(["--origin", origin]);
            }),
        }
        let child = python.arg("--").args(command).stdin(Stdio::null()).spawn();
        Ok((rig, child.map_err(|error| Failure::unusable("python3", error))?))
    }

    /// Gives an order to the rig; see `tests/rig/control.py`.
    fn order(&self, line: &str) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Answer {
            ok: bool,
            error: Option<String>,
        }
        let ask = || -> io::Result<Answer> {
            let mut stream = UnixStream::connect(self.control())?;
            stream.set_read_timeout(Some(PATIENCE))?;
            writeln!(stream, "{line}")?;
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer)?;
            serde_json::from_str(&answer).map_err(io::Error::other)
        };
        match ask() {
            Ok(Answer { ok: true, .. }) => Ok(()),
            Ok(Answer { error, .. }) => Err(error.unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn control(&self) -> PathBuf {
        self.folder.join("control.sock")
    }
}

impl Socket for InRig {
    fn plug(&mut self) -> Result<(), String> {
        self.order("plug 0")
    }

    fn unplug(&mut self) -> Result<(), String> {
        self.order("unplug 0")
    }

    fn fault(&mut self, fault: Option<&str>) -> Result<(), String> {
        self.order(&fault.map_or("clear".into(), |fault| format!("fault {fault}")))
    }

    fn gone(&mut self, _: u32) -> bool {
        false
    }

    /// Ends the command, and waits until the rig has ended all that it started.
    fn end(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.order("stop").is_ok() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for InRig {
    fn drop(&mut self) {
        // What may stay behind is the rig's own text and dead sockets.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
