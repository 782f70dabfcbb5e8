//! PostgreSQL: the server named by `CALOCK_TEST_POSTGRES`, or one started here on a free port, or a polite skip.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calock_portal::Database;

use crate::refusals;
use crate::site::{PEOPLE, Setup, signed};
use crate::store::{keeps_its_promises, opens_many_times_at_once};

/// A server of our own, in a folder of our own, gone when dropped.
struct Server {
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
    fn start() -> Option<Self> {
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

    fn url(&self) -> String {
        format!("postgres://calock@127.0.0.1:{}/postgres?sslmode=disable", self.port)
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

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn postgres_keeps_the_same_promises() {
    let given = std::env::var("CALOCK_TEST_POSTGRES").ok();
    let server = if given.is_some() { None } else { Server::start() };
    let Some(url) = given.or_else(|| server.as_ref().map(Server::url)) else {
        println!("skipped: no PostgreSQL");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let database: Database = url.parse().unwrap();
    runtime.block_on(async {
        emptied(&database).await;
        opens_many_times_at_once(&database).await;
        keeps_its_promises(&database).await;
        emptied(&database).await;
    });
    // And a whole login over HTTP, replayed.
    let site = Setup::on(database.clone()).start();
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    let login = site.post("/api/login", &body);
    assert_eq!(login.status, 200, "{}", login.text());
    assert_eq!(site.session(&login.cookie()).status, 200);
    assert_eq!(site.post("/api/login", &body).code(), "NONCE_USED");
    let mut other = Setup::on(database);
    other.origin = Some(site.origin.clone());
    refusals::of_many_posts_one_logs_in(&site, &other.start());
}

/// Removes what is in the database, so that a given server can be used again.
async fn emptied(database: &Database) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&database.url()).await.unwrap();
    sqlx::query("DROP SCHEMA public CASCADE").execute(&pool).await.unwrap();
    sqlx::query("CREATE SCHEMA public").execute(&pool).await.unwrap();
    pool.close().await;
}
