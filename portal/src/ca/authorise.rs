//! `POST /api/ca/authorisations`: an order is approved and its code given out, as by a short message.

use axum::extract::State;
use calock::Code;
use calock::certificate::time::rfc3339;
use serde::Serialize;

use super::{LIFE, of};
use crate::body::Nothing;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::store::Order;

/// Letters and digits that nobody takes for one another, 32 of them.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 60 bits.
const LETTERS: usize = 12;

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
    let code = code()?;
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
        code: shown(&order.code),
        pin: "12345678",
        holder: applicant.holder.name.clone(),
        expires: rfc3339(order.expires_at),
    }))
}

fn code() -> Result<String, Refusal> {
    let mut bytes = [0; LETTERS];
    getrandom::fill(&mut bytes).map_err(|_| Code::Internal)?;
    // 256 is a multiple of 32: every letter is as likely as any other.
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
}

/// In groups of four, for reading aloud.
fn shown(code: &str) -> String {
    let mut text = String::new();
    for (at, letter) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// A code as it is kept; `None` for what cannot be one.
pub(super) fn normal(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let code: String = letters.take(LETTERS + 1).map(|letter| letter.to_ascii_uppercase()).collect();
    (code.len() == LETTERS && code.bytes().all(|letter| ALPHABET.contains(&letter))).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = code().unwrap();
        assert_eq!(normal(&shown(&code)), Some(code.clone()));
        assert_eq!(normal(&format!(" {} ", shown(&code).to_lowercase())), Some(code.clone()));
        for wrong in ["", "1234", "ABCD-EFGH-JKL1", &format!("{code}2"), "汉字汉字汉字汉字汉字汉字"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
