//! Two processes of one portal on one PostgreSQL: what one of them knows the other knows too, and who is killed in the middle of
//! binding locks leaves nothing half done.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use calock::virtual_lock::Ca;
use serde_json::{Value, json};

use crate::postgresql::Server;
use crate::serve::{ORIGIN, Process, signed};

mod ledger;
mod unit;
mod uploads;

use unit::{Bound, Session, Unit};

/// A database and what a process needs to serve a portal on it.
struct House {
    postgres: Server,
    ca: Ca,
    folder: tempfile::TempDir,
}

impl House {
    /// None where no PostgreSQL is installed.
    fn new() -> Option<Self> {
        let Some(postgres) = Server::start() else {
            println!("skipped: no PostgreSQL");
            return None;
        };
        let (ca, folder) = (Ca::generate("示例测试CA", unit::now()).unwrap(), tempfile::tempdir().unwrap());
        let house = Self { postgres, ca, folder };
        std::fs::create_dir(house.trust()).unwrap();
        std::fs::write(house.trust().join("root.der"), house.ca.roots().unwrap().remove(0)).unwrap();
        Some(house)
    }

    /// One more process. Each client says in `X-Forwarded-For` who it is.
    fn portal(&self) -> Process {
        let (trust, url) = (self.trust(), self.postgres.url());
        let options = ["--behind-proxy", "--trust", trust.to_str().unwrap(), "--database", &url];
        Process::with(self.folder.path(), ORIGIN, &options)
    }

    fn trust(&self) -> PathBuf {
        self.folder.path().join("trust")
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn until(&self, condition: impl Fn() -> bool, what: &str) {
        let start = Instant::now();
        while !condition() {
            assert!(start.elapsed() < Duration::from_secs(30), "{what}: {:?}", ledger::activity(&self.postgres));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn what_one_portal_knows_the_other_knows_too() {
    let Some(mut house) = House::new() else { return };
    let both = [house.portal(), house.portal()];
    let folder = house.folder().to_owned();

    let unit = Unit::new(&mut house.ca, &folder, 0, 1);
    let session = unit.register(&both[0]);
    assert_eq!(session.get(&both[1], "/api/session")["account"]["account"], session.account.as_str());
    one_of_many_posts_logs_in(&unit, &both);
    assert_eq!(session.post(&both[1], "/api/logout", &json!({})).0, 204);
    assert_eq!(session.get(&both[0], "/api/session")["code"], "NOT_LOGGED_IN");

    wrong_passwords_are_counted_together(&Unit::new(&mut house.ca, &folder, 1, 0), &both);
    questions_are_counted_together(&both);
}

/// The same signed statement, posted to both at the same moment, again and again.
fn one_of_many_posts_logs_in(unit: &Unit, both: &[Process; 2]) {
    let challenge = unit.post(&both[0], "/api/challenge", &json!({"purpose": "login"})).1;
    let statement = signed(&unit.locks[0], &challenge);
    let post = |index: usize, (): &()| unit.post(&both[index % 2], "/api/login", &statement);
    let answers = at_once(&[(); 12], post, || ());
    let good = answers.iter().filter(|(status, ..)| *status == 200).count();
    let used = answers.iter().filter(|(status, body, _)| *status == 409 && body["code"] == "NONCE_USED").count();
    assert_eq!((good, used), (1, 11), "{answers:?}");
}

fn wrong_passwords_are_counted_together(unit: &Unit, both: &[Process; 2]) {
    const PASSWORD: &str = "no-secret-7";
    let form = json!({"kind": "unit", "roles": [], "fields": {"name": unit.name, "code": unit.code}}).to_string();
    let asked = json!({"by": "password", "formText": form, "password": PASSWORD});
    let (status, body, _) = unit.post(&both[0], "/api/register", &asked);
    assert_eq!(status, 201, "{body}");
    let log_in = |index: usize, password: &str| {
        unit.post(&both[index % 2], "/api/password-login", &json!({"name": unit.name, "password": password}))
    };
    assert_eq!(log_in(1, PASSWORD).0, 200);
    for left in (0..5u32).rev() {
        let (_, body, _) = log_in(left as usize, "not-it-at-all-7");
        assert_eq!(
            (body["code"].as_str(), body["left"].as_u64()),
            (Some("PASSWORD_WRONG"), Some(left.into())),
            "{body}"
        );
    }
    for index in [0, 1] {
        assert_eq!(log_in(index, PASSWORD).1["code"], "ACCOUNT_LOCKED");
    }
}

/// 60 at once, and 20 a minute: for both together.
fn questions_are_counted_together(both: &[Process; 2]) {
    let ask = |index: usize, address: &str| {
        let path = "/api/register/check?name=%E7%A4%BA%E4%BE%8B";
        unit::send(&both[index % 2], "GET", path, &[("x-forwarded-for", address)], None).expect("an answer")
    };
    let start = Instant::now();
    let answered = (0..200).take_while(|index| ask(*index, "192.0.2.200").0 == 200).count();
    let refilled = usize::try_from(start.elapsed().as_secs() / 3).unwrap() + 1;
    assert!((60..=60 + refilled).contains(&answered), "{answered}");
    for index in [0, 1] {
        let (status, body, _) = ask(index, "192.0.2.200");
        assert_eq!((status, body["code"].as_str()), (429, Some("RATE_LIMITED")), "{body}");
        assert!(body["retryAfter"].as_u64().is_some_and(|seconds| seconds > 0), "{body}");
        assert_eq!(ask(index, "192.0.2.201").0, 200, "somebody else");
    }
}

/// Half of them come to one process, half to the other.
const UNITS: usize = 6;
/// Further locks of each unit: one for the bind that is held, the others for binds at full speed, some for each kill.
const LOCKS: usize = 1 + KILLS * EACH;
const KILLS: usize = 3;
const EACH: usize = 3;

#[test]
fn a_portal_killed_in_the_middle_of_binds_leaves_nothing_half_done() {
    let Some(mut house) = House::new() else { return };
    let folder = house.folder().to_owned();
    let units: Vec<_> = (0..UNITS).map(|number| Unit::new(&mut house.ca, &folder, number, 1 + LOCKS)).collect();
    let (survivor, killed) = (house.portal(), house.portal());
    let both = [&survivor, &killed];
    let sessions = at_once(&units, |index, unit| unit.ready(both[index % 2]), || ());

    let mut done = in_the_middle(&house, &sessions, &survivor, killed);
    for kill in 0..KILLS {
        let locks = 2 + kill * EACH..2 + (kill + 1) * EACH;
        done.extend(at_full_speed(&house, &sessions, &survivor, locks));
    }

    // Everything that was asked for is there, once.
    assert_eq!(done.len(), UNITS * LOCKS);
    for bound in &done {
        assert!(ledger::is_bound(&house.postgres, bound), "{bound:?}");
    }
    assert_eq!(ledger::living(&house.postgres), UNITS * (1 + LOCKS), "with the one that each unit registered by");
    let last = house.portal();
    for (unit, session) in units.iter().zip(&sessions) {
        assert_eq!(session.get(&last, "/api/bindings")["bindings"].as_array().unwrap().len(), 1 + LOCKS);
        let (status, body, _) = unit.log_in(&last);
        assert_eq!(status, 200, "{body}");
    }
    ledger::whole(&house.postgres);
}

/// Everybody's bind stops before its last write, with the nonce spent, the evidence kept and the binding written. Then one process
/// dies, and the others' go on.
fn in_the_middle(house: &House, sessions: &[Session<'_>], survivor: &Process, mut killed: Process) -> Vec<Bound> {
    let asked: Vec<_> = sessions.iter().map(|session| session.asked(survivor, 1)).collect();
    let urls = [survivor, &killed].map(|portal| portal.url("/api/bindings"));
    let held = house.postgres.hold("audit");
    let post = |index: usize, session: &Session<'_>| session.try_post(&urls[index % 2], &asked[index]);
    let answers = at_once(sessions, post, || {
        house.until(|| ledger::waiting(&house.postgres) == sessions.len(), "all binds are in the middle");
        killed.kill();
        drop(held);
    });
    house.until(|| ledger::idle(&house.postgres), "the database has noticed");
    ledger::whole(&house.postgres);
    let finish = |(index, answer): (usize, Option<unit::Answer>)| {
        let (session, asked) = (&sessions[index], &asked[index]);
        assert_eq!(answer.is_some(), index % 2 == 0, "the survivor answers, and nobody else");
        if answer.is_none() {
            assert_eq!(ledger::traces(&house.postgres, unit::nonce(asked)), 0, "nothing of it is there");
        }
        let bound = answer.map_or_else(|| session.bound(survivor, asked), |answer| Bound::of(&answer));
        assert_eq!(session.post(survivor, "/api/bindings", asked).1["code"], "NONCE_USED");
        bound
    };
    answers.into_iter().enumerate().map(finish).collect()
}

/// Binds to the survivor and to a process that is started anew and killed at any moment.
fn at_full_speed(house: &House, sessions: &[Session<'_>], survivor: &Process, locks: Range<usize>) -> Vec<Bound> {
    let mut restarted = house.portal();
    for session in sessions {
        assert_eq!(session.get(&restarted, "/api/session")["account"]["account"], session.account.as_str());
    }
    let urls = [survivor, &restarted].map(|portal| portal.url("/api/bindings"));
    let at_restarted = AtomicUsize::new(0);
    let work = |index: usize, session: &Session<'_>| -> Vec<(Value, Option<unit::Answer>)> {
        let ask = |lock: usize| {
            let asked = session.asked(survivor, lock);
            let turn = (index + lock) % 2;
            at_restarted.fetch_add(turn, Ordering::SeqCst);
            let answer = session.try_post(&urls[turn], &asked);
            (asked, answer)
        };
        locks.clone().map(ask).collect()
    };
    let answers = at_once(sessions, work, || {
        // A few are on their way to it, and more will come.
        house.until(|| at_restarted.load(Ordering::SeqCst) >= UNITS / 2, "somebody asks");
        restarted.kill();
    });
    house.until(|| ledger::idle(&house.postgres), "the database has noticed");
    ledger::whole(&house.postgres);
    let unanswered = answers.iter().flatten().filter(|(_, answer)| answer.is_none()).count();
    assert!(unanswered > 0, "the kill came too late");
    let all =
        sessions.iter().zip(answers).flat_map(|(session, answers)| answers.into_iter().map(move |one| (session, one)));
    let finish = |(session, (asked, answer)): (&Session<'_>, (Value, Option<unit::Answer>))| match answer {
        Some(answer) => Bound::of(&answer),
        // Either it was done and only the answer is lost, or nothing of it was.
        None => session.bound_or_done(survivor, &house.postgres, &asked),
    };
    all.map(finish).collect()
}

#[test]
#[ignore = "a measurement, for cargo xtask bench"]
fn binds_per_second() {
    const UNITS: usize = 16;
    const EACH: usize = 16;
    let Some(mut house) = House::new() else { return };
    let folder = house.folder().to_owned();
    let units: Vec<_> = (0..UNITS).map(|number| Unit::new(&mut house.ca, &folder, number, 1 + EACH)).collect();
    let both = [house.portal(), house.portal()];
    let sessions: Vec<_> = units.iter().map(|unit| unit.ready(&both[0])).collect();
    let asked: Vec<Vec<_>> =
        at_once(&sessions, |_, session| (1..=EACH).map(|lock| session.asked(&both[0], lock)).collect(), || ());
    let start = Instant::now();
    let bind = |index: usize, session: &Session<'_>| {
        for asked in &asked[index] {
            session.bound(&both[index % 2], asked);
        }
    };
    at_once(&sessions, bind, || ());
    let rate = f64::from(u32::try_from(UNITS * EACH).unwrap()) / start.elapsed().as_secs_f64();
    println!(
        "portal, two processes on one PostgreSQL (fsync off), {UNITS} accounts at once, clients on the same machine:"
    );
    println!("  locks bound, each with a certificate not seen before      {rate:8.0} /s   2 SM2 signatures a bind");
}

/// Does something for each of many, in a thread each, while something else happens.
fn at_once<'a, T: Sync, R: Send>(
    all: &'a [T],
    work: impl Fn(usize, &'a T) -> R + Sync,
    meanwhile: impl FnOnce(),
) -> Vec<R> {
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            all.iter().enumerate().map(|(index, one)| scope.spawn(move || work(index, one))).collect();
        meanwhile();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
