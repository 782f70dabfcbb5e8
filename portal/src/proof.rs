//! What a page posts after a lock has signed, and what the portal makes of it: who holds the lock, which of the portal's kinds of
//! certificates it is, and the evidence to keep.
//!
//! When is a nonce spent? Only by what it leads to, in the same step ([`crate::store::Changes::spend`]). A refused post spends
//! nothing: if it did, whoever sees a nonce could take the login away from its owner by posting rubbish with it, and nothing is
//! won, because a refused statement is refused again and a nonce cannot be guessed by trying. A statement that was accepted is
//! never accepted again: of two posts at the same moment, in this process or another, only one finds the nonce unspent.

use base64ct::{Base64, Encoding};
use calock::certificate::time::rfc3339;
use calock::certificate::{Attribute, Certificate, Holder, HolderKind, Identity};
use calock::hash::{hex, parse_digest, sha256, sm3};
use calock::statement::Purpose;
use calock::text::GBK;
use calock::verdict::{Expected, Issued, NonceState, Presented, judge};
use calock::{Code, Phase};
use serde::{Deserialize, Serialize};

use crate::binding::Candidate;
use crate::portal::Portal;
use crate::random;
use crate::refusal::Refusal;
use crate::revocation::RevocationFolder;
use crate::rules::Product;
use crate::store::{Evidence, Nonce, Signed};

/// What a page posts, as it stands in the JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    format: String,
    purpose: String,
    origin: String,
    nonce: String,
    client: String,
    account: Option<String>,
    payload: Option<String>,
    time: String,
    certificate: String,
    algorithm: String,
    signature: String,
    software: String,
}

/// What a statement must have been signed for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Its purpose.
    pub(crate) purpose: Purpose,
    /// The account line; `ACCOUNT_MISMATCH` for any other.
    pub(crate) account: Line<'a>,
    /// The text whose digest is the payload line; `PAYLOAD_MISMATCH` for any other. `None`: whatever was asked for.
    pub(crate) text: Option<&'a str>,
}

/// What a line of a statement must say.
#[derive(Clone, Copy)]
pub(crate) enum Line<'a> {
    /// Whatever the challenge was asked with: a login proves who is there, and no more.
    AsAsked,
    /// Nothing.
    Empty,
    /// This.
    Is(&'a str),
}

/// A statement that was believed.
pub(crate) struct Proof<'a> {
    /// The holder.
    pub(crate) holder: Holder,
    /// The certificate.
    pub(crate) certificate: Certificate,
    /// What kind of certificate it is here; `None`: none that this portal takes.
    pub(crate) product: Option<&'a Product>,
    /// What is kept, and the nonce that it spends.
    pub(crate) signed: Signed,
    /// Hex digest of the text that was signed along, if one was.
    pub(crate) payload: Option<String>,
}

impl Posted {
    /// Judges what was posted. Nothing is spent by this: see [`crate::store::Changes::spend`].
    ///
    /// # Errors
    /// The verdict's code, `BAD_REQUEST`, `STORE_UNAVAILABLE`.
    pub(crate) async fn judge<'a>(self, portal: &'a Portal, wanted: Wanted<'_>) -> Result<Proof<'a>, Refusal> {
        let presented = self.decoded()?;
        let now = portal.now();
        let nonce = match random::is_token(&presented.nonce) {
            true => portal.store().find_nonce(&presented.nonce).await?,
            false => None,
        };
        let revocations = portal.config().revocations.as_ref().map(RevocationFolder::lists);
        let expected = Expected {
            purpose: wanted.purpose,
            origin: portal.origin(),
            nonce: state(nonce.as_ref(), now)?,
            now,
            max_age_seconds: portal.limits().nonce_seconds(),
            trust: portal.trust(),
            revocations: revocations.as_deref(),
            require_status: portal.config().require_status,
            gbk: GBK,
        };
        let accepted = judge(&presented, &expected).map_err(|error| error.at(Phase::Verify))?;
        // The verdict has compared both lines with the challenge; here the challenge is compared with what this call is about.
        if !wanted.account.says(presented.account.as_deref()) {
            return Err(Code::AccountMismatch.into());
        }
        let digest = wanted.text.map(|text| text_digest(&accepted.certificate, text));
        let payload = digest.as_deref().map_or(Line::AsAsked, Line::Is);
        if !payload.says(presented.payload.as_deref()) {
            return Err(Code::PayloadMismatch.into());
        }
        let chain = portal.trust().chain(&accepted.certificate, now).unwrap_or_default();
        let product = product(portal, &accepted.certificate, &chain, accepted.holder.kind);
        let shown = Shown::of(&accepted.holder, &accepted.certificate, product);
        let shown = serde_json::to_string(&shown).map_err(|_| Code::Internal)?;
        Ok(Proof {
            signed: Signed {
                record: random::token()?,
                nonce: presented.nonce,
                purpose: wanted.purpose.as_str().into(),
                at: now,
                evidence: Evidence {
                    statement: accepted.statement,
                    algorithm: presented.algorithm,
                    signature: Base64::encode_string(&presented.signature),
                    certificate: Base64::encode_string(accepted.certificate.der()),
                    fingerprint: accepted.certificate.fingerprint(),
                    holder: shown,
                    software: presented.software,
                },
            },
            payload: presented.payload,
            product,
            holder: accepted.holder,
            certificate: accepted.certificate,
        })
    }

    fn decoded(self) -> Result<Presented, Refusal> {
        let bytes = |text: &str| Base64::decode_vec(text).map_err(|_| Refusal::new(Code::BadRequest));
        Ok(Presented {
            certificate: bytes(&self.certificate)?,
            signature: bytes(&self.signature)?,
            format: self.format,
            purpose: self.purpose,
            origin: self.origin,
            nonce: self.nonce,
            client: self.client,
            account: self.account,
            payload: self.payload,
            time: self.time,
            algorithm: self.algorithm,
            software: self.software,
        })
    }
}

impl Proof<'_> {
    /// As the decisions about locks look at it.
    pub(crate) fn candidate(&self) -> Candidate<'_> {
        Candidate { fingerprint: self.fingerprint(), holder: &self.holder, product: self.product }
    }

    /// Digest of the certificate, hexadecimal.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.signed.evidence.fingerprint
    }

    /// The holder as pages see it, JSON.
    pub(crate) fn shown(&self) -> &str {
        &self.signed.evidence.holder
    }
}

impl Line<'_> {
    fn says(self, presented: Option<&str>) -> bool {
        match self {
            Line::AsAsked => true,
            Line::Empty => presented.is_none(),
            Line::Is(wanted) => presented == Some(wanted),
        }
    }
}

/// The digest of a text that is signed along, by the hash that goes with the certificate's key.
pub(crate) fn text_digest(certificate: &Certificate, text: &str) -> String {
    match certificate.key().algorithm() {
        "SM2-SM3" => hex(&sm3(text.as_bytes())),
        _ => hex(&sha256(text.as_bytes())),
    }
}

/// What kind of certificate it is here, by the subjectKeyIdentifier of the key that issued it; by what the certificate itself says
/// of that key when its issuer has none.
pub(crate) fn product<'a>(
    portal: &'a Portal,
    certificate: &Certificate,
    chain: &[&Certificate],
    holder: HolderKind,
) -> Option<&'a Product> {
    let issuer = chain.get(1).and_then(|issuer| issuer.subject_key_id()).or_else(|| certificate.authority_key_id());
    portal.rules().product(issuer.unwrap_or_default(), certificate.key().algorithm(), holder)
}

/// What the store knows about the posted nonce, as the verdict asks for it.
fn state(nonce: Option<&Nonce>, now: u64) -> Result<NonceState<'_>, Refusal> {
    let Some(nonce) = nonce else { return Ok(NonceState::Unknown) };
    if nonce.used_at.is_some() {
        return Ok(NonceState::Used);
    }
    if nonce.expires_at <= now {
        return Ok(NonceState::Expired);
    }
    // A row that this version cannot read is our fault and not the client's.
    let payload = match nonce.payload.as_deref() {
        Some(digest) => Some(parse_digest(digest).ok_or(Code::Internal)?),
        None => None,
    };
    Ok(NonceState::Fresh(Issued {
        nonce: &nonce.nonce,
        purpose: Purpose::parse(&nonce.purpose).map_err(|_| Code::Internal)?,
        account: nonce.account.as_deref(),
        payload,
        time: &nonce.time,
    }))
}

/// The holder as pages see it. A person's id is masked here already; the certificate in the evidence has it in full.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown<'a> {
    name: &'a str,
    organisation: Option<&'a str>,
    person: Option<&'a str>,
    kind: &'static str,
    code: Option<&'a str>,
    identities: Vec<ShownIdentity>,
    issuer: Option<String>,
    serial: String,
    fingerprint: String,
    algorithm: &'static str,
    not_after: String,
    product: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownIdentity {
    kind: &'static str,
    masked: String,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(holder: &'a Holder, certificate: &Certificate, product: Option<&'a Product>) -> Self {
        let masked = |identity: &Identity| ShownIdentity { kind: identity.kind.as_str(), masked: identity.masked() };
        Self {
            name: &holder.name,
            organisation: holder.organisation.as_deref(),
            person: holder.person.as_deref(),
            kind: holder.kind.as_str(),
            code: holder.code.as_deref(),
            identities: holder.identities.iter().map(masked).collect(),
            issuer: issuer_name(certificate),
            serial: certificate.serial(),
            fingerprint: certificate.fingerprint(),
            algorithm: certificate.key().algorithm(),
            not_after: rfc3339(certificate.not_after()),
            product: product.map(|product| product.id.as_str()),
        }
    }
}

/// The CA's name: its CN, or its O when it has none.
pub(crate) fn issuer_name(certificate: &Certificate) -> Option<String> {
    let attributes = certificate.issuer().attributes(GBK);
    ["CN", "O"]
        .iter()
        .find_map(|name| attributes.iter().find(|attribute| attribute.name == *name))
        .map(Attribute::masked)
}
