//! A demonstration's clock: put forward, so that nobody waits half an hour to see that data arrive after half an hour.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use calock::Code;
use serde::{Deserialize, Serialize};

use crate::body;
use crate::portal::Portal;
use crate::refusal::Refusal;

/// The most minutes at a time: a day.
const MOST: u64 = 24 * 60;

/// How far.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forward {
    minutes: u64,
}

/// What time it is now, in Unix seconds.
#[derive(Serialize)]
pub(crate) struct Time {
    now: u64,
}

/// `POST /demo/clock` with `{"minutes": 31}`: `{"now": …}`. Absent outside of demonstrations. Sessions and nonces grow older too.
pub(crate) async fn put_forward(
    State(portal): State<Portal>,
    body::Json(Forward { minutes }): body::Json<Forward>,
) -> Result<Json<Time>, Refusal> {
    portal.demo().ok_or(Code::NotFound)?;
    if minutes > MOST {
        return Err(Code::BadRequest.into());
    }
    portal.config().clock.put_forward(Duration::from_secs(minutes * 60));
    Ok(Json(Time { now: portal.now() }))
}
