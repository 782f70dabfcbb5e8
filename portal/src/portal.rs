//! The opened portal: configuration and store behind one cheap handle, and the router over it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use calock::trust::TrustList;

use crate::config::{Config, Limits};
use crate::demo::DemoLocks;
use crate::letter::Press;
use crate::revocation::RevocationFolder;
use crate::rules::Rules;
use crate::store::Store;
use crate::{
    account, admin, binding, ca, challenge, demo, headers, login, origin, pages, records, refusal, register, requests,
    rules, seals, selftest, session, staff, uploads,
};

/// How often what has ended is forgotten, and new revocation lists are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(60);

/// A portal with its database open. Clones share it.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    config: Config,
    store: Store,
    press: Press,
}

impl Portal {
    /// Opens the database and brings its tables to this version.
    ///
    /// # Errors
    /// The database's own.
    pub async fn open(config: Config) -> Result<Self, sqlx::Error> {
        let store = Store::open(&config.database).await?;
        store.purge(config.clock.now()).await?;
        Ok(Self(Arc::new(Inner { config, store, press: Press::default() })))
    }

    /// The whole site.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/challenge", post(challenge::issue))
            .route("/login", post(login::log_in))
            .route("/password-login", post(login::password::log_in))
            .route("/session", get(session::show))
            .route("/logout", post(session::log_out))
            .route("/portal", get(rules::show))
            .nest("/register", register::router())
            .nest("/account", account::router())
            .route("/selftest", post(selftest::prove))
            .route("/selftest/certificate", post(selftest::look))
            .nest("/ca", ca::router())
            .nest("/bindings", binding::router())
            .nest("/staff", staff::router())
            .nest("/requests", requests::router())
            .nest("/ca-applications", requests::applications())
            .nest("/submissions", records::router())
            .nest("/seals", seals::router())
            .nest("/uploads", uploads::router())
            .route("/history", get(records::history))
            .route("/events", get(records::events))
            .nest("/admin", admin::router())
            .fallback(pages::no_endpoint)
            .method_not_allowed_fallback(pages::wrong_method)
            .layer(from_fn_with_state(self.clone(), origin::guard))
            .layer(from_fn_with_state(self.clone(), refusal::in_our_words));
        let demo = Router::new()
            .route("/locks.json", get(demo::list))
            .route("/locks/{file}", get(demo::file))
            .route("/clock", post(demo::clock::put_forward))
            .fallback(pages::no_endpoint)
            .method_not_allowed_fallback(pages::wrong_method)
            .layer(from_fn_with_state(self.clone(), origin::guard));
        Router::new()
            .nest("/api", api)
            .route("/api/", any(pages::no_endpoint))
            .nest("/demo", demo)
            .merge(pages::router())
            .layer(from_fn(headers::add))
            .with_state(self.clone())
    }

    /// Forgets ended nonces and sessions and reads new revocation lists now and then, for as long as it is polled.
    pub async fn keep_tidy(&self) {
        loop {
            tokio::time::sleep(PURGE_EVERY).await;
            if let Err(error) = self.store().purge(self.now()).await {
                eprintln!("calock portal: database: {error}");
            }
            if let Some(Err(error)) = self.config().revocations.as_ref().map(RevocationFolder::refresh) {
                eprintln!("calock portal: revocation lists: {error}");
            }
        }
    }

    /// What the portal remembers; for tests and for whoever audits logins.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn press(&self) -> &Press {
        &self.0.press
    }

    pub(crate) fn origin(&self) -> &str {
        &self.0.config.origin
    }

    /// What this portal demands.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.0.config.rules
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.config.limits
    }

    pub(crate) fn trust(&self) -> &TrustList {
        &self.0.config.trust
    }

    pub(crate) fn demo(&self) -> Option<&DemoLocks> {
        self.0.config.demo.as_ref()
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> u64 {
        self.0.config.clock.now()
    }
}
