//! Who holds a virtual lock and what is in it, in a tester's words.

use serde::{Deserialize, Serialize};

/// What to make a lock from. Everything but the holder's name has a default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Description {
    /// Who the certificates name.
    pub holder: HolderDescription,
    /// Kind of holder; decides how the subject is written.
    pub kind: HolderKind,
    /// Kind of keys.
    pub algorithm: Algorithm,
    /// Which lock it plays, by the name of a profile; `gm3000` when absent.
    pub profile: Option<String>,
    /// First second of validity, RFC 3339; a day before now when absent.
    pub not_before: Option<String>,
    /// Last second of validity, RFC 3339; two years after now when absent.
    pub not_after: Option<String>,
    /// What the certificate in the signing place says it is for; `encryption` makes the mix-up that portals must refuse.
    pub usage: CertificateUsage,
    /// Whether the lock also holds an encryption key and certificate, as CA locks do.
    pub encryption_pair: Option<bool>,
    /// The PIN; 12345678 when absent.
    pub pin: Option<String>,
    /// Tries after a right PIN; 6 when absent.
    pub tries_max: Option<u8>,
    /// Tries left; as many as the maximum when absent, 0 makes a locked PIN.
    pub tries_left: Option<u8>,
    /// The lock's label.
    pub label: Option<String>,
    /// The lock's serial number; random when absent.
    pub serial: Option<String>,
    /// Name of the container; in a PIV card its slot, `9A` or `9C`.
    pub container: Option<String>,
    /// Containers beside the first, as locks have them that carry SM2 and RSA: for the same holder, with the same dates and usage.
    pub further: Vec<ContainerDescription>,
    /// A seal file: base64 of what is put into the lock as `seal.esl`.
    pub seal: Option<String>,
}

/// One container more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContainerDescription {
    /// Its name.
    pub name: String,
    /// Kind of its keys.
    #[serde(default)]
    pub algorithm: Algorithm,
}

/// The names and codes of the certificate. Codes are written as given: check digits are the tester's business.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HolderDescription {
    /// CN: the enterprise, or the person.
    pub name: String,
    /// O: the enterprise an employee belongs to; an enterprise's own name when absent.
    pub organisation: Option<String>,
    /// 统一社会信用代码, 18 characters.
    pub uscc: Option<String>,
    /// 居民身份证号, 18 characters.
    pub person_id: Option<String>,
    /// ST: province.
    pub province: Option<String>,
    /// L: city.
    pub city: Option<String>,
}

/// Kind of holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HolderKind {
    /// 企业锁.
    #[default]
    Enterprise,
    /// 经办人 or 副锁: a person of an enterprise.
    Employee,
    /// 个人锁.
    Person,
}

/// Kind of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// SM2 with SM3.
    #[default]
    Sm2,
    /// RSA-2048 with SHA-256.
    Rsa,
    /// ECDSA on P-256 with SHA-256; PIV cards only.
    P256,
}

/// What a certificate's keyUsage says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateUsage {
    /// digitalSignature, nonRepudiation.
    #[default]
    Signing,
    /// keyEncipherment, dataEncipherment, keyAgreement.
    Encryption,
}
