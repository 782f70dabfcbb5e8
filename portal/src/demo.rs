//! Virtual locks for the demo page: ready files, made by whoever starts the portal. They hold test keys and test PINs,
//! which is why no portal serves them outside of a demonstration.

pub(crate) mod clock;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use calock::Code;
use serde::Serialize;
use serde_json::Value;

use crate::ca::TestCa;
use crate::portal::Portal;
use crate::refusal::Refusal;

/// One lock to try.
#[derive(Clone, Debug)]
pub struct DemoLock {
    /// Its name in the URL: `/demo/locks/<name>.json`.
    pub name: String,
    /// What the page calls it.
    pub title: Title,
    /// The virtual lock file (`calock-lock:1`).
    pub file: Value,
}

/// A name in the two languages of the house.
#[derive(Clone, Debug, Serialize)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The locks of a demonstration, and the CA that makes certificates for the blank ones.
#[derive(Clone, Default)]
pub struct DemoLocks {
    locks: Arc<Vec<DemoLock>>,
    ca: Option<TestCa>,
}

impl DemoLocks {
    /// These locks, in this order.
    #[must_use]
    pub fn new(locks: Vec<DemoLock>) -> Self {
        Self { locks: Arc::new(locks), ca: None }
    }

    /// The same with a CA that issues.
    #[must_use]
    pub fn issuing(self, ca: TestCa) -> Self {
        Self { ca: Some(ca), ..self }
    }

    pub(crate) fn ca(&self) -> Option<&TestCa> {
        self.ca.as_ref()
    }
}

#[derive(Serialize)]
pub(crate) struct Item {
    name: String,
    title: Title,
}

/// `GET /demo/locks.json`: `[{"name":…,"title":{"zh":…,"en":…}}]`.
pub(crate) async fn list(State(portal): State<Portal>) -> Result<Json<Vec<Item>>, Refusal> {
    let locks = portal.demo().ok_or(Code::NotFound)?;
    Ok(Json(locks.locks.iter().map(|lock| Item { name: lock.name.clone(), title: lock.title.clone() }).collect()))
}

/// `GET /demo/locks/<name>.json`: the lock file.
pub(crate) async fn file(State(portal): State<Portal>, Path(file): Path<String>) -> Result<Json<Value>, Refusal> {
    let locks = portal.demo().ok_or(Code::NotFound)?;
    let name = file.strip_suffix(".json").ok_or(Code::NotFound)?;
    let lock = locks.locks.iter().find(|lock| lock.name == name).ok_or(Code::NotFound)?;
    Ok(Json(lock.file.clone()))
}
