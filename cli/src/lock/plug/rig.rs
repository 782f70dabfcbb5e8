//! Where the kernel makes no devices: a command runs in the namespace rig (`tests/rig`), whose Python files are in this program.

use std::fs::DirBuilder;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use serde::Deserialize;

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

/// A command that runs in the rig.
pub(super) struct Rig {
    folder: PathBuf,
}

impl Rig {
    /// Writes the rig to a folder of its own. The lock has to listen at [`Self::lock`] before [`Self::start`].
    pub(super) fn prepare() -> Result<Self, Failure> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let path = std::env::temp_dir().join(format!("calock-plug-{}-{now}", std::process::id()));
        // Root runs what is in there: a folder that somebody else made is not used.
        DirBuilder::new().mode(0o700).create(&path).map_err(|error| Failure::unusable(path.display(), error))?;
        let rig = Self { folder: path };
        for (name, text) in FILES {
            std::fs::write(rig.folder.join(name), text).map_err(|error| Failure::unusable(name, error))?;
        }
        Ok(rig)
    }

    /// Where the lock listens.
    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join("lock.sock")
    }

    /// Starts the command. `origins`: whose pages may use the lock without a chooser; none of them: the chooser opens.
    pub(super) fn start(&self, classes: &[u8], origins: &[String], command: &[String]) -> Result<Child, Failure> {
        let mut lock = self.lock().display().to_string();
        if !classes.is_empty() {
            let classes: Vec<_> = classes.iter().map(|class| format!("{class:02X}")).collect();
            lock += &format!(",interfaces={}", classes.join("+"));
        }
        let mut python = Command::new("python3");
        python.arg("-B").arg(self.folder.join("rig.py")).args(["--lock", &lock, "--control"]).arg(self.control());
        match origins {
            [] => drop(python.arg("--no-policy")),
            origins => origins.iter().for_each(|origin| drop(python.args(["--origin", origin]))),
        }
        python.arg("--").args(command).stdin(Stdio::null());
        python.spawn().map_err(|error| Failure::unusable("python3", error))
    }

    /// Gives an order to the rig: `plug`, `unplug`, `fault TEXT`, `clear`, `stop`.
    pub(super) fn order(&self, line: &str) -> Result<(), String> {
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
            serde_json::from_str(&answer).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
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

impl Drop for Rig {
    fn drop(&mut self) {
        // What stays behind holds the rig's own text and dead sockets.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
