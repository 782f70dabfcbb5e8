//! A virtual lock as a JSON file: everything that is in it, private keys too. For tests only, as its first line says.

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::lock::{Profile, profile};

/// The file, `"format": "calock-lock:1"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockFile {
    /// Always `calock-lock:1`.
    pub format: String,
    /// Which lock it plays, by the name of a profile; `gm3000` when absent.
    #[serde(default = "default_profile")]
    pub profile: String,
    /// The lock's label.
    pub label: String,
    /// The lock's serial number.
    pub serial: String,
    /// Name of its application; empty on a lock that has none yet. Nobody asks a PIV card for it.
    pub application: String,
    /// The user PIN.
    pub pin: String,
    /// Tries after a right PIN.
    pub tries_max: u8,
    /// Tries left.
    pub tries_left: u8,
    /// The administrator's PIN, once an application was made with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_pin: Option<String>,
    /// The device key, 16 characters; the factory's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// Its containers.
    pub containers: Vec<ContainerFile>,
    /// Its files.
    #[serde(default)]
    pub files: Vec<DataFile>,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContainerFile {
    /// Its name.
    pub name: String,
    /// The signing pair.
    pub signing: Option<KeyEntry>,
    /// The encryption pair.
    pub encryption: Option<KeyEntry>,
}

/// A key and its certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyEntry {
    /// PKCS#8, base64.
    pub key: String,
    /// DER, base64; empty while the key has none.
    pub certificate: String,
}

impl core::fmt::Debug for KeyEntry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("KeyEntry").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// A file in the lock, such as a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataFile {
    /// Its name.
    pub name: String,
    /// Its bytes, base64.
    pub content: String,
}

impl LockFile {
    /// The format this version writes and reads.
    pub const FORMAT: &'static str = "calock-lock:1";

    /// Reads a lock file.
    ///
    /// # Errors
    /// `PARAMETER` when it is no such JSON.
    pub fn from_json(json: &str) -> Result<Self> {
        let file: Self = serde_json::from_str(json).map_err(|_| Error::because(Code::Parameter, "not a lock file"))?;
        if file.format != Self::FORMAT {
            return Err(Error::because(Code::Parameter, "not a calock-lock:1 file"));
        }
        Ok(file)
    }

    /// The profile of the lock it plays.
    ///
    /// # Errors
    /// `PARAMETER` when there is none of that name.
    pub fn played(&self) -> Result<&'static Profile> {
        profile::named(&self.profile).ok_or(Error::because(Code::Parameter, "no profile of that name"))
    }

    /// Writes it, indented for people.
    ///
    /// # Errors
    /// `INTERNAL`, should serialisation fail.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|_| Error::because(Code::Internal, "lock file"))
    }
}

pub(super) fn default_profile() -> String {
    "gm3000".to_owned()
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| Error::because(Code::Parameter, "not base64"))
}
