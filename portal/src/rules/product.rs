//! The kinds of certificates that a portal takes, and what each is good for.

use calock::certificate::HolderKind;
use serde::{Deserialize, Serialize};

use super::{HolderKindRule, Words};

/// One kind of certificate that a CA sells, on whatever lock it lies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Product {
    /// Its name in data.
    pub id: String,
    /// Its name on pages.
    pub title: Words,
    /// Who sells it. Renewal stays within one family: another CA's certificate of the same holder is a new lock, no renewal.
    pub family: String,
    /// subjectKeyIdentifier (hexadecimal digits) of the keys that issue it; one key may have several CA certificates. `any`: every
    /// CA that the portal trusts.
    #[serde(skip_serializing)]
    pub issuers: Vec<String>,
    /// `SM2-SM3`, `RS256`, `ES256`: a lock may hold several.
    pub algorithms: Vec<String>,
    /// Kinds of holders that it is for, where one CA key issues several products; empty: any.
    #[serde(default)]
    pub holders: Vec<HolderKindRule>,
    /// What it may do here.
    pub may: Vec<May>,
    /// Names of its containers, for the self-test to tell one by one; empty where they are not known.
    #[serde(default)]
    pub containers: Vec<String>,
    /// Where one gets it.
    #[serde(default)]
    pub offered: Option<Offered>,
}

/// Where one gets a certificate (支持数字证书类型).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Offered {
    /// The counter's address, or a site.
    #[serde(rename = "where")]
    pub place: Words,
    /// Its telephone.
    #[serde(default)]
    pub phone: Option<String>,
}

/// What a certificate may do at a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum May {
    /// Log in.
    LogIn,
    /// Seal documents (签章).
    Seal,
    /// Bid electronically (投电子标).
    Bid,
}

impl Product {
    /// Whether a certificate with this kind of key and holder, signed by this key, is one.
    #[must_use]
    pub fn is_from(&self, issuer_key: &[u8], algorithm: &str, holder: HolderKind) -> bool {
        let issuer = calock::hash::hex(issuer_key);
        self.algorithms.iter().any(|one| one == algorithm)
            && (self.holders.is_empty() || self.holders.iter().any(|one| one.is(holder)))
            && self.issuers.iter().any(|one| one == "any" || one.eq_ignore_ascii_case(&issuer))
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(&self, what: May) -> bool {
        self.may.contains(&what)
    }
}
