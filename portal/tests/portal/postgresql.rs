//! A PostgreSQL server for a test, by Debian's package.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A server of our own, in a folder of our own, gone when dropped.
pub struct Server {
    bin: PathBuf,
    data: tempfile::TempDir,
    port: u16,
    root: bool,
}

/// The newest server that Debian's packages installed.
fn installed() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    versions.retain(|bin| bin.join("initdb").is_file());
    versions.sort();
    versions.pop()
}

impl Server {
    /// None where no server is installed.
    pub fn start() -> Option<Self> {
        let bin = installed()?;
        let data = tempfile::tempdir().unwrap();
        let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        if root {
            // initdb refuses to run as root; the package made this user.
            let owned = Command::new("chown").arg("postgres").arg(data.path()).status().unwrap().success();
            assert!(owned, "the user postgres exists");
        }
        let server = Self { bin, data, port, root };
        let folder = server.data.path().join("db");
        server.run("initdb", &["-D", text(&folder), "-U", "calock", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off");
        let log = server.data.path().join("log");
        server.run("pg_ctl", &["-D", text(&folder), "-w", "-l", text(&log), "-o", &options, "start"]);
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://calock@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// What a question is answered, a line a row, columns by `|`.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let mut command =
            self.command("psql", &["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url()]);
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
    }

    /// Nothing is written to a table until this is dropped.
    pub fn hold(&self, table: &str) -> Held {
        let mut command = self.command("psql", &["-X", "-q", "-A", "-t", &self.url()]);
        let mut psql = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut orders = psql.stdin.take().unwrap();
        let mut answers = BufReader::new(psql.stdout.take().unwrap());
        writeln!(orders, "BEGIN; LOCK TABLE {table} IN SHARE MODE; SELECT 'held';").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "held");
        Held { psql, orders: Some(orders), _answers: answers }
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.bin.join(program);
        let mut command = if self.root { Command::new("runuser") } else { Command::new(&program) };
        if self.root {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program, arguments).status().unwrap();
        let log = std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{program} {arguments:?}: {log}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let folder = self.data.path().join("db");
        let _ = self.command("pg_ctl", &["-D", text(&folder), "-m", "immediate", "-w", "stop"]).status();
    }
}

/// A table to which nobody can write.
pub struct Held {
    psql: Child,
    orders: Option<ChildStdin>,
    _answers: BufReader<ChildStdout>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // The end of the orders is the end of the transaction.
        drop(self.orders.take());
        let _ = self.psql.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
