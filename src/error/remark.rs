//! Remarks for developers, in one byte where bytes count.
//!
//! Every function of the module that can fail hands on an error. With texts in them errors were twice as large, and copying
//! them was a fortieth of what a page loads, so a page's errors carry no text but which field is wrong.

/// What an error adds for developers: a constant, never data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// This field of the challenge is out of bounds.
    Field(Field),
    /// A sentence.
    #[cfg(feature = "names")]
    Text(&'static str),
}

impl Remark {
    /// The remark in English.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field(field) => field.bounds(),
            #[cfg(feature = "names")]
            Self::Text(text) => text,
        }
    }
}

/// A field of a statement that a caller gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// What the signature is for.
    Purpose,
    /// The page's origin.
    Origin,
    /// The backend's nonce.
    Nonce,
    /// The module's random number.
    Client,
    /// The backend's account handle.
    Account,
    /// Digest of what is submitted.
    Payload,
    /// The backend's time.
    Time,
}

impl Field {
    /// Which bound it broke.
    #[must_use]
    pub const fn bounds(self) -> &'static str {
        match self {
            Self::Purpose => "purpose is none of the eight",
            Self::Origin => "origin is not scheme://host[:port] in lower case",
            Self::Nonce => "nonce is not 32 bytes in base64url without padding",
            Self::Client => "client is not 16 bytes in base64url without padding",
            Self::Account => "account is not 1 to 128 printable ASCII characters without space at its ends",
            Self::Payload => "payload is no digest in hexadecimal",
            Self::Time => "time is not YYYY-MM-DDTHH:MM:SSZ",
        }
    }
}
