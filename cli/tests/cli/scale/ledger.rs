//! What must be true of the database whoever died when, asked in SQL by another client than the portal.

use crate::postgresql::Server;
use crate::scale::unit::Bound;

/// Each row that one of these finds is half of something.
const HALVES: &[(&str, &str)] = &[
    (
        "a nonce that was spent for nothing",
        "SELECT nonce FROM nonces n WHERE used_at IS NOT NULL
         AND (SELECT count(*) FROM evidence e WHERE e.nonce = n.nonce) <> 1",
    ),
    (
        "evidence whose nonce is not spent",
        "SELECT evidence FROM evidence e WHERE NOT EXISTS
         (SELECT 1 FROM nonces n WHERE n.nonce = e.nonce AND n.used_at = e.at)",
    ),
    ("a nonce that was used twice", "SELECT nonce FROM evidence GROUP BY nonce HAVING count(*) > 1"),
    (
        "evidence of a bind without its binding",
        "SELECT evidence FROM evidence e WHERE purpose = 'bind' AND (SELECT count(*) FROM bindings b
         WHERE b.evidence = e.evidence AND b.account = e.account AND b.fingerprint = e.fingerprint) <> 1",
    ),
    (
        "evidence of a registration without its account, binding or submission",
        "SELECT evidence FROM evidence e WHERE purpose = 'register' AND NOT (
         EXISTS (SELECT 1 FROM accounts a WHERE a.account = e.account AND a.proved = e.evidence)
         AND EXISTS (SELECT 1 FROM bindings b WHERE b.account = e.account AND b.evidence = e.evidence)
         AND EXISTS (SELECT 1 FROM submissions s WHERE s.account = e.account AND s.evidence = e.evidence))",
    ),
    (
        "evidence of a login without its session",
        "SELECT evidence FROM evidence e WHERE purpose = 'login'
         AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.evidence = e.evidence)",
    ),
    (
        "a binding without evidence",
        "SELECT binding FROM bindings b WHERE NOT EXISTS
         (SELECT 1 FROM evidence e WHERE e.evidence = b.evidence AND e.fingerprint = b.fingerprint)",
    ),
    (
        "a binding of nobody's",
        "SELECT binding FROM bindings b WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account = b.account)",
    ),
    (
        "a binding of which the audit does not know, or knows twice",
        "SELECT binding FROM bindings b WHERE (SELECT count(*) FROM audit a
         WHERE a.action = 'bind' AND a.object = b.binding AND a.evidence = b.evidence) <> 1",
    ),
    (
        "an entry in the audit about a binding that is not there",
        "SELECT entry FROM audit a WHERE action = 'bind'
         AND NOT EXISTS (SELECT 1 FROM bindings b WHERE b.binding = a.object)",
    ),
    (
        "a lock that is bound twice",
        "SELECT fingerprint FROM bindings WHERE ended_at IS NULL GROUP BY fingerprint HAVING count(*) > 1",
    ),
    (
        "a session from evidence that is not there",
        "SELECT created_at FROM sessions s WHERE evidence IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.evidence = s.evidence)",
    ),
];

/// Asserts that nothing is half done.
pub fn whole(postgres: &Server) {
    for (what, sql) in HALVES {
        assert_eq!(postgres.ask(sql), Vec::<String>::new(), "{what}");
    }
}

/// How much there is of a nonce being spent.
pub fn traces(postgres: &Server, nonce: &str) -> usize {
    count(postgres, &format!("nonces WHERE nonce = '{nonce}' AND used_at IS NOT NULL"))
        + count(postgres, &format!("evidence WHERE nonce = '{nonce}'"))
}

/// The binding to which a nonce led.
pub fn led_to(postgres: &Server, nonce: &str) -> Option<Bound> {
    let sql = format!(
        "SELECT b.binding, b.fingerprint FROM bindings b JOIN evidence e ON e.evidence = b.evidence WHERE e.nonce = '{nonce}'"
    );
    let row = postgres.ask(&sql).pop()?;
    let (binding, fingerprint) = row.split_once('|')?;
    Some(Bound { binding: binding.into(), fingerprint: fingerprint.into() })
}

pub fn is_bound(postgres: &Server, bound: &Bound) -> bool {
    let Bound { binding, fingerprint } = bound;
    count(
        postgres,
        &format!("bindings WHERE binding = '{binding}' AND fingerprint = '{fingerprint}' AND ended_at IS NULL"),
    ) == 1
}

pub fn living(postgres: &Server) -> usize {
    count(postgres, "bindings WHERE ended_at IS NULL")
}

/// Steps that wait for the audit, their last write.
pub fn waiting(postgres: &Server) -> usize {
    count(postgres, "pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO audit%'")
}

/// Whether nobody is in the middle of a step.
pub fn idle(postgres: &Server) -> bool {
    count(postgres, "pg_stat_activity WHERE usename = 'calock' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL")
        == 0
}

/// For a test that waits in vain.
pub fn activity(postgres: &Server) -> Vec<String> {
    postgres.ask("SELECT state, wait_event_type, left(query, 60) FROM pg_stat_activity WHERE usename = 'calock'")
}

fn count(postgres: &Server, what: &str) -> usize {
    postgres.ask(&format!("SELECT count(*) FROM {what}"))[0].parse().unwrap()
}
