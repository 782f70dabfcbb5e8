//! Orders of the test CA: an authorisation code, who ordered, and the one key that it certified.

use sqlx::{Error, Row};

use super::{Store, column, seconds};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The authorisation code, capitals without hyphens.
    pub code: String,
    /// Who ordered, as JSON.
    pub applicant: String,
    /// Unix seconds.
    pub ordered_at: u64,
    /// Unix seconds; from this second on no key is certified any more.
    pub expires_at: u64,
    /// SM3 of the certified key's point, hex.
    pub key: Option<String>,
    /// What was delivered for it, as JSON.
    pub delivery: Option<String>,
}

/// What came of claiming an order for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is this key's now.
    Taken,
    /// It was somebody's already.
    OrderUsed,
    /// The key has another order.
    KeyUsed,
}

impl Store {
    /// Keeps an order whose code is about to be given out.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_order(&self, order: &Order) -> Result<(), Error> {
        let _writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO ca_orders (code, applicant, ordered_at, expires_at, key_sm3, delivery)
             VALUES ($1, $2, $3, $4, NULL, NULL)",
        )
        .bind(&order.code)
        .bind(&order.applicant)
        .bind(column(order.ordered_at))
        .bind(column(order.expires_at))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The order behind a code.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_order(&self, code: &str) -> Result<Option<Order>, Error> {
        let row = sqlx::query(
            "SELECT code, applicant, ordered_at, expires_at, key_sm3, delivery FROM ca_orders WHERE code = $1",
        )
        .bind(code)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Order {
            code: row.try_get("code")?,
            applicant: row.try_get("applicant")?,
            ordered_at: seconds(row.try_get("ordered_at")?),
            expires_at: seconds(row.try_get("expires_at")?),
            key: row.try_get("key_sm3")?,
            delivery: row.try_get("delivery")?,
        }))
    }

    /// Gives an order to a key, together with what will be delivered. Of two that try, one finds it free.
    ///
    /// # Errors
    /// The database's own.
    pub async fn claim_order(&self, code: &str, key: &str, delivery: &str) -> Result<Claim, Error> {
        let _writer = self.writer().await?;
        let claimed =
            sqlx::query("UPDATE ca_orders SET key_sm3 = $1, delivery = $2 WHERE code = $3 AND key_sm3 IS NULL")
                .bind(key)
                .bind(delivery)
                .bind(code)
                .execute(&self.pool)
                .await;
        match claimed {
            Ok(done) if done.rows_affected() == 1 => Ok(Claim::Taken),
            Ok(_) => Ok(Claim::OrderUsed),
            Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
                Ok(Claim::KeyUsed)
            }
            Err(error) => Err(error),
        }
    }
}
