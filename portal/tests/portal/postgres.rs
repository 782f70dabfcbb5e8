//! PostgreSQL: the server named by `CALOCK_TEST_POSTGRES`, or one started here on a free port, or a polite skip.

use calock_portal::Database;

use crate::postgresql::Server;
use crate::refusals;
use crate::site::{PEOPLE, Setup, signed};
use crate::store::{keeps_its_promises, opens_many_times_at_once};

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
