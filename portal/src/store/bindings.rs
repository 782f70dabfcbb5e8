//! Which lock belongs to which account.

use sqlx::any::AnyRow;
use sqlx::{Error, Row};

use super::{Changes, Store, column, seconds};

/// A lock at an account, living or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its name: 43 random characters.
    pub binding: String,
    /// Whose.
    pub account: String,
    /// Hex digest of the certificate. Only one living binding has it.
    pub fingerprint: String,
    /// The certificate's DER, base64.
    pub certificate: String,
    /// The certificate's serial number, hexadecimal.
    pub serial: String,
    /// The certificate's subject in one line.
    pub subject: String,
    /// The holder's name.
    pub holder_name: String,
    /// The holder's code: of the organisation, or of the person for a natural person.
    pub holder_code: Option<String>,
    /// `enterprise`, `employee`, `person`, `unknown`.
    pub holder_kind: String,
    /// The person whom it names.
    pub person: Option<String>,
    /// The CA's name.
    pub issuer: String,
    /// The product, by the profile's name.
    pub product: String,
    /// The product's family.
    pub family: String,
    /// `SM2-SM3`, `RS256`, `ES256`.
    pub algorithm: String,
    /// Unix seconds.
    pub not_after: u64,
    /// `main`, `secondary`, `personal`.
    pub role: String,
    /// The person of the staff whose it is.
    pub staff: Option<String>,
    /// `new`, `changed`, `deleted`.
    pub change_state: String,
    /// `none`, `waiting`, `approved`, `rejected`.
    pub review_state: String,
    /// What the administrator said.
    pub review_reason: Option<String>,
    /// The binding that it renewed.
    pub replaces: Option<String>,
    /// The evidence that its lock signed for this account.
    pub evidence: String,
    /// Unix seconds.
    pub bound_at: u64,
    /// Unix seconds; none: it lives.
    pub ended_at: Option<u64>,
    /// Who ended it: an account, or `portal`.
    pub ended_by: Option<String>,
    /// Why.
    pub ended_reason: Option<String>,
    /// What was signed to end it.
    pub ended_evidence: Option<String>,
}

const COLUMNS: &str = "binding, account, fingerprint, certificate, serial, subject, holder_name, holder_code, holder_kind, person, \
     issuer, product, family, algorithm, not_after, role, staff, change_state, review_state, review_reason, replaces, \
     evidence, bound_at, ended_at, ended_by, ended_reason, ended_evidence";

impl Store {
    /// The living binding of a certificate.
    ///
    /// # Errors
    /// The database's own.
    pub async fn living_binding(&self, fingerprint: &str) -> Result<Option<Binding>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM bindings WHERE fingerprint = $1 AND ended_at IS NULL");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(fingerprint).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// A binding by its name, living or ended.
    ///
    /// # Errors
    /// The database's own.
    pub async fn find_binding(&self, binding: &str) -> Result<Option<Binding>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM bindings WHERE binding = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(binding).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// All of an account's, living and ended, in the order in which they were bound.
    ///
    /// # Errors
    /// The database's own.
    pub async fn bindings_of(&self, account: &str) -> Result<Vec<Binding>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM bindings WHERE account = $1 ORDER BY bound_at, binding");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account);
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }
}

impl Changes<'_> {
    /// Adds a binding. `false`: its certificate has a living one already, here or at another account; then nothing may come of
    /// this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn insert_binding(&mut self, binding: &Binding) -> Result<bool, Error> {
        let inserted = sqlx::query(
            "INSERT INTO bindings
                (binding, account, fingerprint, certificate, serial, subject, holder_name, holder_code, holder_kind, person,
                 issuer, product, family, algorithm, not_after, role, staff, change_state, review_state, replaces,
                 evidence, bound_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
             ON CONFLICT DO NOTHING",
        )
        .bind(&binding.binding)
        .bind(&binding.account)
        .bind(&binding.fingerprint)
        .bind(&binding.certificate)
        .bind(&binding.serial)
        .bind(&binding.subject)
        .bind(&binding.holder_name)
        .bind(binding.holder_code.as_deref())
        .bind(&binding.holder_kind)
        .bind(binding.person.as_deref())
        .bind(&binding.issuer)
        .bind(&binding.product)
        .bind(&binding.family)
        .bind(&binding.algorithm)
        .bind(column(binding.not_after))
        .bind(&binding.role)
        .bind(binding.staff.as_deref())
        .bind(&binding.change_state)
        .bind(&binding.review_state)
        .bind(binding.replaces.as_deref())
        .bind(&binding.evidence)
        .bind(column(binding.bound_at))
        .execute(self.connection())
        .await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// The living bindings of an account, as they are in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn living_of(&mut self, account: &str) -> Result<Vec<Binding>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM bindings WHERE account = $1 AND ended_at IS NULL ORDER BY bound_at, binding"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account);
        query.fetch_all(self.connection()).await?.iter().map(read).collect()
    }

    /// The living binding of a certificate, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn living(&mut self, fingerprint: &str) -> Result<Option<Binding>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM bindings WHERE fingerprint = $1 AND ended_at IS NULL");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(fingerprint).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether a certificate was bound to an account once and is no longer.
    ///
    /// # Errors
    /// The database's own.
    pub async fn was_bound(&mut self, account: &str, fingerprint: &str) -> Result<bool, Error> {
        let sql =
            "SELECT binding FROM bindings WHERE account = $1 AND fingerprint = $2 AND ended_at IS NOT NULL LIMIT 1";
        let query = sqlx::query(sql).bind(account).bind(fingerprint);
        Ok(query.fetch_optional(self.connection()).await?.is_some())
    }
}

impl Changes<'_> {
    /// Ends a living binding. `false`: it is not alive.
    ///
    /// # Errors
    /// The database's own.
    pub async fn end_binding(
        &mut self,
        binding: &str,
        at: u64,
        by: &str,
        reason: Option<&str>,
        evidence: Option<&str>,
    ) -> Result<bool, Error> {
        let ended = sqlx::query(
            "UPDATE bindings SET change_state = 'deleted', ended_at = $1, ended_by = $2, ended_reason = $3, ended_evidence = $4
             WHERE binding = $5 AND ended_at IS NULL",
        )
        .bind(column(at))
        .bind(by)
        .bind(reason)
        .bind(evidence)
        .bind(binding)
        .execute(self.connection())
        .await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Writes down what an administrator found of a living binding that waits for it. `false`: it does not.
    ///
    /// # Errors
    /// The database's own.
    pub async fn review_binding(&mut self, binding: &str, state: &str, reason: &str) -> Result<bool, Error> {
        let reviewed = sqlx::query(
            "UPDATE bindings SET review_state = $1, review_reason = $2
             WHERE binding = $3 AND ended_at IS NULL AND review_state = 'waiting'",
        )
        .bind(state)
        .bind(reason)
        .bind(binding)
        .execute(self.connection())
        .await?;
        Ok(reviewed.rows_affected() == 1)
    }

    /// A binding, living or ended, as it is in this step.
    ///
    /// # Errors
    /// The database's own.
    pub async fn binding(&mut self, binding: &str) -> Result<Option<Binding>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM bindings WHERE binding = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(binding).fetch_optional(self.connection()).await?;
        row.as_ref().map(read).transpose()
    }
}

pub(super) fn read(row: &AnyRow) -> Result<Binding, Error> {
    Ok(Binding {
        binding: row.try_get("binding")?,
        account: row.try_get("account")?,
        fingerprint: row.try_get("fingerprint")?,
        certificate: row.try_get("certificate")?,
        serial: row.try_get("serial")?,
        subject: row.try_get("subject")?,
        holder_name: row.try_get("holder_name")?,
        holder_code: row.try_get("holder_code")?,
        holder_kind: row.try_get("holder_kind")?,
        person: row.try_get("person")?,
        issuer: row.try_get("issuer")?,
        product: row.try_get("product")?,
        family: row.try_get("family")?,
        algorithm: row.try_get("algorithm")?,
        not_after: seconds(row.try_get("not_after")?),
        role: row.try_get("role")?,
        staff: row.try_get("staff")?,
        change_state: row.try_get("change_state")?,
        review_state: row.try_get("review_state")?,
        review_reason: row.try_get("review_reason")?,
        replaces: row.try_get("replaces")?,
        evidence: row.try_get("evidence")?,
        bound_at: seconds(row.try_get("bound_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(seconds),
        ended_by: row.try_get("ended_by")?,
        ended_reason: row.try_get("ended_reason")?,
        ended_evidence: row.try_get("ended_evidence")?,
    })
}
