//! PostgreSQL: the server named by `CALOCK_TEST_POSTGRES`, or one started here on a free port, or a polite skip.

use std::sync::Arc;

use calock_portal::Database;

use crate::house::{House, rules};
use crate::postgresql::Server;
use crate::site::{PEOPLE, Setup, signed};
use crate::store::{keeps_its_promises, opens_many_times_at_once};
use crate::{
    administration, admission, basic_data, bindings, letters, passwords, records, refusals, registration, renewals,
    requests, seals, staff, tus, uploads,
};

/// A test of another module, in a portal that is there.
type Walk = fn(&House);

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
    let mut other = Setup::on(database.clone());
    other.origin = Some(site.origin.clone());
    refusals::of_many_posts_one_logs_in(&site, &other.start());
    drop(site);

    // Every table and every question: one walk through each part, each in a portal of its own.
    let walks: [(&str, Walk); 12] = [
        ("changde", admission::from_registration_to_binding),
        ("hunan", basic_data::locked_and_changed),
        ("hunan", uploads::byte_for_byte),
        ("hunan", tus::in_pieces),
        ("hunan", seals::taken_and_kept),
        ("hunan", administration::found_accounts),
        ("daxing", bindings::added_beside_the_main_one),
        ("hunan", records::versions_each_signed),
        ("demo", renewals::confirmed_by_password),
        ("daxing", requests::asked_with_documents),
        ("changde", letters::sealed_and_submitted),
        ("changde", staff::activated_in_the_units_session),
    ];
    for (profile, walk) in walks {
        runtime.block_on(emptied(&database));
        walk(&House::on(rules(profile), database.clone(), None));
    }
    for race in [registration::one_of_many, passwords::at_the_same_moment] {
        runtime.block_on(emptied(&database));
        race(database.clone());
    }
    runtime.block_on(emptied(&database));
    bindings::one_binding_of_many(&Arc::new(House::on(rules("hunan"), database, None)));
}

/// Removes what is in the database, so that a given server can be used again.
async fn emptied(database: &Database) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&database.url()).await.unwrap();
    sqlx::query("DROP SCHEMA public CASCADE").execute(&pool).await.unwrap();
    sqlx::query("CREATE SCHEMA public").execute(&pool).await.unwrap();
    pool.close().await;
}
