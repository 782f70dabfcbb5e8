//! The store: the same checks on SQLite here and on PostgreSQL in `postgres.rs`.

use std::future::Future;

use calock_portal::Database;
use calock_portal::store::{Evidence, NewSession, Nonce, Signed, Store, Strength};

use crate::site::{PEOPLE, Setup, signed};

fn nonce(name: &str) -> Nonce {
    Nonce {
        nonce: name.into(),
        purpose: "login".into(),
        account: None,
        payload: Some("ab".repeat(32)),
        time: "2026-11-21T22:00:00Z".into(),
        issued_at: 1_000,
        expires_at: 1_180,
        used_at: None,
    }
}

fn login(name: &str, nonce: &str) -> Signed {
    let evidence = Evidence {
        statement: "CALOCK1\npurpose=login\n".into(),
        algorithm: "SM2-SM3".into(),
        signature: "AAAA".into(),
        certificate: "BBBB".into(),
        fingerprint: "cc".into(),
        holder: "{\"name\":\"示例公司 '\\\"; --\"}".into(),
        software: "calock/0.1.0".into(),
    };
    Signed { record: name.into(), nonce: nonce.into(), purpose: "login".into(), at: 1_010, evidence }
}

fn session(token: &str) -> NewSession {
    NewSession {
        token: token.into(),
        at: 1_010,
        expires_at: 5_000,
        replaces: None,
        strength: Strength::Ca,
        evidence: None,
        holder: Some(login("", "").evidence.holder),
        account: None,
        binding: None,
        product: None,
    }
}

/// The step of a login.
async fn log_in(store: &Store, login: &Signed, session: &NewSession) -> bool {
    let mut changes = store.begin().await.unwrap();
    if !changes.spend(login, None).await.unwrap() {
        return false;
    }
    changes.open_session(&NewSession { evidence: Some(login.record.clone()), ..session.clone() }).await.unwrap();
    changes.commit().await.unwrap();
    true
}

/// Everything that the portal asks of its store. The database is empty at first.
pub async fn keeps_its_promises(database: &Database) {
    let store = Store::open(database).await.unwrap();

    store.insert_nonce(&nonce("n1")).await.unwrap();
    assert_eq!(store.find_nonce("n1").await.unwrap(), Some(nonce("n1")));
    assert_eq!(store.find_nonce("n2").await.unwrap(), None);
    assert!(store.insert_nonce(&nonce("n1")).await.is_err(), "a nonce is given out once");

    assert!(log_in(&store, &login("l1", "n1"), &session("t1")).await);
    assert!(!log_in(&store, &login("l2", "n1"), &session("t2")).await, "spent");
    assert!(!log_in(&store, &login("l3", "none"), &session("t3")).await, "unknown");
    assert_eq!(store.find_nonce("n1").await.unwrap().unwrap().used_at, Some(1_010));
    assert_eq!(store.find_signed("n1").await.unwrap(), Some(login("l1", "n1")));
    assert_eq!(store.find_session("t2", 1_010, 0).await.unwrap(), None);

    let late = Signed { at: 1_180, ..login("l4", "n4") };
    store.insert_nonce(&nonce("n4")).await.unwrap();
    assert!(!log_in(&store, &late, &session("t4")).await, "a nonce ends in its last second");

    let found = store.find_session("t1", 1_020, 0).await.unwrap().unwrap();
    assert_eq!((found.evidence.as_deref(), found.created_at, found.seen_at), (Some("l1"), 1_010, 1_010));
    assert_eq!(found.holder, Some(login("l1", "n1").evidence.holder));
    assert!(store.find_session("t1", 5_000, 0).await.unwrap().is_none(), "at its end");
    assert!(store.find_session("t1", 1_020, 1_011).await.unwrap().is_none(), "idle");
    store.touch_session("t1", 1_500).await.unwrap();
    store.touch_session("t1", 1_400).await.unwrap();
    assert_eq!(store.find_session("t1", 1_600, 1_500).await.unwrap().unwrap().seen_at, 1_500);

    store.insert_nonce(&nonce("n5")).await.unwrap();
    let next = NewSession { replaces: Some("t1".into()), ..session("t5") };
    assert!(log_in(&store, &login("l5", "n5"), &next).await);
    assert!(store.find_session("t1", 1_020, 0).await.unwrap().is_none(), "replaced");
    store.end_session("t5").await.unwrap();
    assert!(store.find_session("t5", 1_020, 0).await.unwrap().is_none(), "ended");

    store.insert_nonce(&nonce("n6")).await.unwrap();
    assert!(log_in(&store, &login("l6", "n6"), &session("t6")).await);
    store.purge(1_180 + 3_600).await.unwrap();
    assert!(store.find_nonce("n6").await.unwrap().is_some(), "remembered for an hour");
    store.purge(1_180 + 3_601).await.unwrap();
    assert!(store.find_nonce("n6").await.unwrap().is_none());
    store.purge(5_000).await.unwrap();
    assert!(store.find_session("t6", 1_020, 0).await.unwrap().is_none());
    assert!(store.find_signed("n6").await.unwrap().is_some(), "evidence stays");

    one_nonce_is_spent_once(&store, database).await;
    store.close().await;
}

/// Many at once, over two pools as two processes have.
async fn one_nonce_is_spent_once(store: &Store, database: &Database) {
    let other = Store::open(database).await.unwrap();
    store.insert_nonce(&nonce("race")).await.unwrap();
    let names: Vec<String> = (0..12).map(|turn| format!("race-{turn}")).collect();
    let tries = names.iter().enumerate().map(|(turn, name)| {
        let store = if turn % 2 == 0 { store } else { &other };
        async move { log_in(store, &login(name, "race"), &session(name)).await }
    });
    let won = together(tries).await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    other.close().await;
}

/// Polls all futures side by side.
async fn together<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut running {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if running.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

/// Servers that start at the same moment on an empty database.
pub async fn opens_many_times_at_once(database: &Database) {
    let opened = together((0..6).map(|_| Store::open(database))).await;
    for store in opened {
        store.expect("each of them opens").close().await;
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn sqlite_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("数据 #1?.db"));
    runtime().block_on(async {
        opens_many_times_at_once(&database).await;
        keeps_its_promises(&database).await;
    });
    assert!(folder.path().join("数据 #1?.db").is_file());
}

#[test]
fn a_broken_database_is_503_and_not_a_refused_login() {
    let folder = tempfile::tempdir().unwrap();
    let site = Setup::in_folder(folder.path()).start();
    let cookie = site.log_in(&PEOPLE.sm2).cookie();
    let body = signed(&PEOPLE.sm2, &site.origin, &site.challenge());
    site.runtime.block_on(async {
        let url = Database::Sqlite(folder.path().join("portal.db")).url();
        let pool = sqlx::AnyPool::connect(&url).await.unwrap();
        for table in ["nonces", "sessions"] {
            sqlx::query(sqlx::AssertSqlSafe(format!("DROP TABLE {table}"))).execute(&pool).await.unwrap();
        }
        pool.close().await;
    });
    for answer in [
        site.session(&cookie),
        site.get("/home", &[("cookie", &cookie)]),
        site.post("/api/login", &body),
        site.post("/api/challenge", &serde_json::json!({"purpose": "login"})),
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (503, "STORE_UNAVAILABLE"));
    }
}
