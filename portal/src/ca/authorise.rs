//! `POST /api/ca/authorisations`: an order is approved and its code given out, as by a short message.

use axum::extract::State;
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Serialize;

use super::{LIFE, of};
use crate::body::Nothing;
use crate::number;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::store::Order;

/// What the message says.
#[derive(Serialize)]
pub(crate) struct Authorised {
    code: String,
    /// The initial PIN of the blank lock that comes by mail.
    pin: &'static str,
    holder: String,
    expires: String,
}

/// Gives out a code for the next applicant.
///
/// # Errors
/// `NOT_FOUND` outside of a demonstration, `STORE_UNAVAILABLE`.
pub(crate) async fn authorise(State(portal): State<Portal>, _: Nothing) -> Result<axum::Json<Authorised>, Refusal> {
    let ca = of(&portal)?;
    let code = number::make()?;
    // In turn, by chance: nothing depends on who it is.
    let turn = code.bytes().map(usize::from).sum::<usize>() % ca.applicants.len().max(1);
    let applicant = ca.applicants.get(turn).ok_or(Code::NotFound)?;
    let now = portal.now();
    let order = Order {
        code,
        applicant: serde_json::to_string(applicant).map_err(|_| Code::Internal)?,
        ordered_at: now,
        expires_at: now.saturating_add(LIFE),
        key: None,
        delivery: None,
    };
    portal.store().insert_order(&order).await?;
    Ok(axum::Json(Authorised {
        code: number::shown(&order.code),
        pin: "12345678",
        holder: applicant.holder.name.clone(),
        expires: rfc3339(order.expires_at),
    }))
}
