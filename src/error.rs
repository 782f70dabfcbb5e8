//! The one list of codes.
//!
//! A [`Code`] is API: pages, portals and messages choose by it, never by a sentence, and it follows semantic versioning.
//! Every code has an entry in the catalogue `www/messages.json` (what happened, what to do, Chinese and English); a test
//! compares the two lists.
//!
//! `only "full"` marks codes that a login over WebHID cannot end with: its module does not know them, and a page learns their
//! sentences when it loads the module with everything in it.

mod remark;

use core::fmt;
use core::num::NonZeroU16;

pub use remark::{Field, Remark};

/// What every fallible function of this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $retriable:literal $(, only $feature:literal)?;)*) => {
        /// Why something did not happen. The names in capitals are what pages and portals see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $(#[cfg(feature = $feature)])? $name,)* }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &[Self] = &[$($(#[cfg(feature = $feature)])? Self::$name,)*];

            /// The name that crosses every border: JavaScript, JSON, the catalogue.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(#[cfg(feature = $feature)])? Self::$name => $text,)* }
            }

            /// Whether the same call can succeed when the user does what the catalogue says, without a developer.
            #[must_use]
            pub const fn retriable(self) -> bool {
                match self { $($(#[cfg(feature = $feature)])? Self::$name => $retriable,)* }
            }
        }
    };
}

codes! {
    // ---- the browser -------------------------------------------------------------------------------------------------
    /// The browser has no WebHID (Firefox, Safari, old Chromium).
    NotSupported = "NOT_SUPPORTED", false;
    /// The page is not on https or localhost, so the browser hides its device interfaces.
    InsecureContext = "INSECURE_CONTEXT", false;
    /// A permissions policy (header, iframe without `allow="hid"`) or an enterprise policy forbids WebHID here.
    PolicyBlocked = "POLICY_BLOCKED", false;
    /// The page's content security policy lacks `'wasm-unsafe-eval'`.
    WasmBlockedByCsp = "WASM_BLOCKED_BY_CSP", false;
    /// The module's files could not be fetched or started.
    WasmLoadFailed = "WASM_LOAD_FAILED", true;
    /// The chooser may only open inside a click or key press.
    GestureRequired = "GESTURE_REQUIRED", true;
    /// The user closed the browser's chooser without picking a lock.
    ChooserCancelled = "CHOOSER_CANCELLED", true;

    // ---- the lock as a device ----------------------------------------------------------------------------------------
    /// No lock is plugged in, or none that this site was allowed to use.
    LockNotFound = "LOCK_NOT_FOUND", true;
    /// The device is none whose PIN dialect is known: it was read and is never given a PIN.
    LockUnknown = "LOCK_UNKNOWN", false;
    /// Another page or program is using the lock.
    LockBusy = "LOCK_BUSY", true;
    /// The browser could not open the device: another program holds it, or the system denies access.
    OpenFailed = "OPEN_FAILED", true;
    /// Browsers keep pages from this kind of device: a smart card reader, a drive, a HID device that is reached over USB.
    ProtectedClass = "PROTECTED_CLASS", false, only "full";
    /// The system's driver for the device is none that lets a browser have it (Windows: not WinUSB), or no right to open it.
    DriverDenied = "DRIVER_DENIED", true, only "full";
    /// The lock was unplugged.
    Disconnected = "DISCONNECTED", true;
    /// The lock did not answer within the step's deadline.
    Timeout = "TIMEOUT", true;
    /// The lock at hand is not the one that was chosen: it was changed in between.
    WrongLock = "WRONG_LOCK", true;
    /// The handle was closed; ask for the lock again.
    LockClosed = "LOCK_CLOSED", true;

    // ---- what the lock says ------------------------------------------------------------------------------------------
    /// Bytes arrived that are no frame of the lock's protocol.
    BadFrame = "BAD_FRAME", true;
    /// Only answers to somebody else's question arrived; they were not taken for ours.
    StaleReply = "STALE_REPLY", true;
    /// The frame was well formed but its content is not what the command answers.
    BadReply = "BAD_REPLY", true;
    /// The lock refused a command with a status word that has no code of its own; the word is in the error.
    LockStatus = "LOCK_STATUS", true;
    /// The lock has no application, no container or no certificate in it.
    CertNotFound = "CERT_NOT_FOUND", false;
    /// Several signing certificates are in the lock; one must be chosen.
    CertChoose = "CERT_CHOOSE", true;

    // ---- PIN ---------------------------------------------------------------------------------------------------------
    /// Wrong PIN; the tries left are in the error.
    PinWrong = "PIN_WRONG", true;
    /// One try is left and the caller did not say that it shall be spent.
    PinLastTry = "PIN_LAST_TRY", true;
    /// No tries are left; only the issuer can unlock the lock.
    PinLocked = "PIN_LOCKED", false;
    /// The PIN is longer than the lock takes (16 bytes; a PIV card 8), or too short to be one (a PIV card's has 6).
    PinLength = "PIN_LENGTH", true;
    /// No PIN was typed.
    PinEmpty = "PIN_EMPTY", true;
    /// The user closed the PIN question.
    PinCancelled = "PIN_CANCELLED", true;

    // ---- lock management ---------------------------------------------------------------------------------------------
    /// How this is done on this model of lock is not proven: nothing was sent.
    OperationUnproven = "OPERATION_UNPROVEN", false, only "full";
    /// The new PIN has not 6 to 16 characters, or is the old one.
    PinNew = "PIN_NEW", true, only "full";
    /// A certificate is to be made on a lock that holds a container already.
    LockNotBlank = "LOCK_NOT_BLANK", true, only "full";
    /// A certificate was begun on this lock and not finished: go on with it, or clear it away, both only after a yes.
    LockUnfinished = "LOCK_UNFINISHED", true, only "full";
    /// What the CA delivered does not belong to the key in the lock, or its two certificates not to the same holder.
    DeliveryInvalid = "DELIVERY_INVALID", false, only "full";
    /// The CA did not answer; whether it issued is not known, and asking again with the same lock is safe.
    AuthorityFailed = "AUTHORITY_FAILED", true, only "full";

    // ---- a CA that issues --------------------------------------------------------------------------------------------
    /// The authorisation code was never given out.
    AuthorisationUnknown = "AUTHORISATION_UNKNOWN", true, only "full";
    /// A certificate was made with this authorisation code already, on another key.
    AuthorisationUsed = "AUTHORISATION_USED", false, only "full";
    /// The authorisation code is older than the CA allows.
    AuthorisationExpired = "AUTHORISATION_EXPIRED", false, only "full";
    /// The certificate request is unreadable, or its signature is not by its own key.
    RequestInvalid = "REQUEST_INVALID", false, only "full";
    /// The public key has a certificate under another authorisation code.
    KeyCertified = "KEY_CERTIFIED", false, only "full";

    // ---- certificate and signature -----------------------------------------------------------------------------------
    /// The bytes are no X.509 certificate.
    CertUnreadable = "CERT_UNREADABLE", false;
    /// The certificate's last day has passed.
    CertExpired = "CERT_EXPIRED", false;
    /// The certificate's first day has not come.
    CertNotYet = "CERT_NOT_YET", false;
    /// An encryption certificate was offered where a signing certificate is needed.
    CertUsage = "CERT_USAGE", false;
    /// The key is none of SM2, RSA, P-256.
    KeyUnsupported = "KEY_UNSUPPORTED", false;
    /// The lock answered the signing command with something that is no signature of its certificate.
    SignFailed = "SIGN_FAILED", true;
    /// The signature does not verify over the statement with the certificate.
    SignatureInvalid = "SIGNATURE_INVALID", false;
    /// The certificate leads to no CA that is trusted here.
    ChainUntrusted = "CHAIN_UNTRUSTED", false;
    /// A certificate of the chain is broken: signature, CA flag, path length or dates.
    ChainInvalid = "CHAIN_INVALID", false;
    /// Its issuer revoked the certificate or put it on hold.
    CertRevoked = "CERT_REVOKED", false;
    /// Nobody can say whether the certificate was revoked, and the backend wants to know.
    StatusUnknown = "STATUS_UNKNOWN", true;
    /// What a backend was given is no CRL and no OCSP response.
    StatusUnreadable = "STATUS_UNREADABLE", false;

    // ---- seals and sealed documents ----------------------------------------------------------------------------------
    // Only with feature `seal`: a login page has neither these names nor their sentences.
    /// The bytes are no electronic seal, or no signature made with one.
    SealUnreadable = "SEAL_UNREADABLE", false, only "seal";
    /// The seal is not what its maker signed.
    SealInvalid = "SEAL_INVALID", false, only "seal";
    /// The signer's certificate is none of those that the seal names.
    SealMismatch = "SEAL_MISMATCH", false, only "seal";
    /// The seal's last day has passed.
    SealExpired = "SEAL_EXPIRED", false, only "seal";
    /// The seal's first day has not come, or the signing time is still to come.
    SealNotYet = "SEAL_NOT_YET", false, only "seal";
    /// The document's digests are made with a hash that proves nothing (MD5, SHA-1) or is unknown.
    DigestUnsupported = "DIGEST_UNSUPPORTED", false, only "seal";
    /// The document is not what was signed.
    DocumentChanged = "DOCUMENT_CHANGED", false, only "seal";
    /// The file is no document of a kind known here, or a damaged one.
    DocumentUnreadable = "DOCUMENT_UNREADABLE", false, only "seal";
    /// A part that the document names is not in it.
    DocumentIncomplete = "DOCUMENT_INCOMPLETE", false, only "seal";
    /// A name in the package stands there twice, or leads out of it.
    DocumentNames = "DOCUMENT_NAMES", false, only "seal";
    /// The document unpacks to more than any genuine one does.
    DocumentTooLarge = "DOCUMENT_TOO_LARGE", false, only "seal";
    /// The document is encrypted.
    DocumentEncrypted = "DOCUMENT_ENCRYPTED", false, only "seal";
    /// An earlier signature forbids further ones.
    DocumentLocked = "DOCUMENT_LOCKED", false, only "seal";
    /// The seal does not lie on the page, or there is no such page.
    PlacementInvalid = "PLACEMENT_INVALID", true, only "seal";
    /// The word on which the seal shall stand is not in the document, or not that often.
    KeywordNotFound = "KEYWORD_NOT_FOUND", true, only "seal";
    /// The signature field of a form wants to be signed in another way.
    FieldRefused = "FIELD_REFUSED", false, only "seal";
    /// The picture of a handwritten signature is damaged or of an unknown kind.
    PictureUnreadable = "PICTURE_UNREADABLE", true, only "seal";

    // ---- statement, as a backend judges it ---------------------------------------------------------------------------
    /// The post is no `calock:1` statement.
    FormatUnsupported = "FORMAT_UNSUPPORTED", false;
    /// The nonce was never given out here.
    NonceUnknown = "NONCE_UNKNOWN", true;
    /// The nonce was used before: a replay.
    NonceUsed = "NONCE_USED", true;
    /// The nonce is older than the portal allows.
    NonceExpired = "NONCE_EXPIRED", true;
    /// The statement was signed for another site.
    OriginMismatch = "ORIGIN_MISMATCH", false;
    /// The statement was signed for another purpose.
    PurposeMismatch = "PURPOSE_MISMATCH", false;
    /// The statement was signed for another account.
    AccountMismatch = "ACCOUNT_MISMATCH", false;
    /// The statement was signed over other content.
    PayloadMismatch = "PAYLOAD_MISMATCH", false;

    // ---- a portal's own rules ---------------------------------------------------------------------------------------
    // Only with feature `portal`: a page shows the portal's own sentence.
    /// No account has this lock.
    KeyNotBound = "KEY_NOT_BOUND", true, only "portal";
    /// An account has this lock already.
    KeyAlreadyBound = "KEY_ALREADY_BOUND", true, only "portal";
    /// The certificate names neither a holder nor a number to know the holder by.
    KeyEmptyId = "KEY_EMPTY_ID", true, only "portal";
    /// A person's certificate, where only an organisation's is taken.
    PersonalKey = "PERSONAL_KEY", true, only "portal";
    /// The certificate is of no kind that this portal takes for this.
    ProductNotAccepted = "PRODUCT_NOT_ACCEPTED", true, only "portal";
    /// This kind of certificate cannot seal or bid electronically here.
    NoSeal = "NO_SEAL", true, only "portal";
    /// The name in the account and the name in the certificate differ.
    NameMismatch = "NAME_MISMATCH", true, only "portal";
    /// The code in the certificate is not the account's.
    CodeMismatch = "CODE_MISMATCH", true, only "portal";
    /// A known holder came with a new certificate, and the portal's rule wants a step before it is taken.
    SerialChanged = "SERIAL_CHANGED", true, only "portal";
    /// There is an account with this code.
    CodeRegistered = "CODE_REGISTERED", true, only "portal";
    /// Somebody else has this name.
    NameTaken = "NAME_TAKEN", true, only "portal";
    /// The account has a lock, and the portal's rule then takes no password.
    CaLoginOnly = "CA_LOGIN_ONLY", true, only "portal";
    /// Name or password are wrong; how many tries are left is in the answer.
    PasswordWrong = "PASSWORD_WRONG", true, only "portal";
    /// Too many wrong passwords in a row.
    AccountLocked = "ACCOUNT_LOCKED", true, only "portal";
    /// The account was registered and not activated.
    NotActivated = "NOT_ACTIVATED", true, only "portal";
    /// The account's basic data were not submitted.
    NotSubmitted = "NOT_SUBMITTED", true, only "portal";
    /// What was submitted is not approved yet.
    NotReviewed = "NOT_REVIEWED", true, only "portal";
    /// The approved data have not reached this portal; when they will is in the answer.
    NotYetSynced = "NOT_YET_SYNCED", true, only "portal";
    /// Only a login by lock may submit this.
    NeedCaToSubmit = "NEED_CA_TO_SUBMIT", true, only "portal";
    /// The data were submitted by password and open paper business only.
    PaperOnly = "PAPER_ONLY", true, only "portal";
    /// A field is missing or wrong; its name is in the answer.
    FormInvalid = "FORM_INVALID", true, only "portal";
    /// What was asked for does not fit the state that things are in, or somebody else was faster.
    StateConflict = "STATE_CONFLICT", true, only "portal";
    /// This portal's rules do not offer this, or not to this user.
    NotAllowed = "NOT_ALLOWED", true, only "portal";
    /// The letter of commitment (承诺书) of these data was not sealed yet.
    LetterMissing = "LETTER_MISSING", true, only "portal";
    /// What was sent is not the letter that the portal made of these data, with seals and nothing else added.
    LetterMismatch = "LETTER_MISMATCH", true, only "portal";
    /// No font of the portal has every character of the letter; which it lacks is in the answer.
    FontMissing = "FONT_MISSING", true, only "portal";
    /// Too many requests; when to come again is in the answer.
    RateLimited = "RATE_LIMITED", true, only "portal";
    /// The request lacks the session's own mark, so it may come from elsewhere.
    CsrfMissing = "CSRF_MISSING", true, only "portal";

    // ---- calls and requests ------------------------------------------------------------------------------------------
    /// The challenge lacks a field or has one out of bounds.
    ChallengeInvalid = "CHALLENGE_INVALID", false;
    /// A parameter of the call is missing or has the wrong type.
    Parameter = "PARAMETER", false;
    /// `init()` has not finished.
    NotInitialised = "NOT_INITIALISED", false;
    /// The caller's AbortSignal fired.
    Aborted = "ABORTED", true;
    /// The backend did not give a challenge.
    ChallengeFailed = "CHALLENGE_FAILED", true;
    /// The backend could not be reached with the result.
    SubmitFailed = "SUBMIT_FAILED", true;
    /// The request is not what the endpoint takes.
    BadRequest = "BAD_REQUEST", false;
    /// The request's body is over the limit.
    TooLarge = "TOO_LARGE", false;
    /// The request came from a page of another site.
    ForbiddenOrigin = "FORBIDDEN_ORIGIN", false;
    /// Nobody is logged in.
    NotLoggedIn = "NOT_LOGGED_IN", true;
    /// No such page or endpoint.
    NotFound = "NOT_FOUND", false;
    /// The portal's database does not answer.
    StoreUnavailable = "STORE_UNAVAILABLE", true;
    /// A fault of calock's own; carries no data.
    Internal = "INTERNAL", false;
}

impl Code {
    /// The code of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where in a login something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Looking for a lock, the chooser.
    Choose,
    /// Opening the device.
    Open,
    /// Finding application and containers, reading certificates.
    Read,
    /// Reading the tries left, asking for and checking the PIN.
    Pin,
    /// The signature.
    Sign,
    /// Changing what is in the lock: label, PIN, keys, certificates.
    #[cfg(feature = "full")]
    Write,
    /// Waiting for the CA.
    #[cfg(feature = "full")]
    Authority,
    /// Checking the signature before it is handed out, or at the backend.
    Verify,
    /// Leaving the lock as it was found.
    Close,
}

impl Phase {
    /// The name that JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Choose => "choose",
            Self::Open => "open",
            Self::Read => "read",
            Self::Pin => "pin",
            Self::Sign => "sign",
            #[cfg(feature = "full")]
            Self::Write => "write",
            #[cfg(feature = "full")]
            Self::Authority => "authority",
            Self::Verify => "verify",
            Self::Close => "close",
        }
    }
}

/// A code and what a caller needs beside it. Holds no text from a lock, no PIN and no identity, so it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Why.
    pub code: Code,
    /// Where, when the failing layer knows it.
    pub phase: Option<Phase>,
    /// PIN tries left, when the lock said so.
    pub tries_left: Option<u8>,
    /// The lock's status word (SW1 SW2), when a refused command is the cause.
    pub status: Option<NonZeroU16>,
    /// A short English remark for developers; a constant, never data.
    pub detail: Option<Remark>,
}

impl Error {
    /// An error with nothing but its code.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, phase: None, tries_left: None, status: None, detail: None }
    }

    /// The same with a remark for developers: with feature `names` only. A page goes without it, as it does without the names
    /// of status words; its journal shows which command was answered badly.
    #[must_use]
    #[cfg_attr(not(feature = "names"), allow(unused_variables))]
    pub const fn because(code: Code, detail: &'static str) -> Self {
        Self {
            #[cfg(feature = "names")]
            detail: Some(Remark::Text(detail)),
            ..Self::new(code)
        }
    }

    /// `CHALLENGE_INVALID` for a field; a page says which, since its developer is who has to know.
    #[must_use]
    pub const fn challenge(field: Field) -> Self {
        Self { detail: Some(Remark::Field(field)), ..Self::new(Code::ChallengeInvalid) }
    }

    /// The same, marked with where it happened, unless a deeper layer said so already.
    #[must_use]
    pub const fn at(mut self, phase: Phase) -> Self {
        if self.phase.is_none() {
            self.phase = Some(phase);
        }
        self
    }

    /// The same with the PIN tries left.
    #[must_use]
    pub const fn with_tries(mut self, left: u8) -> Self {
        self.tries_left = Some(left);
        self
    }

    /// The same with the lock's status word.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = NonZeroU16::new(status);
        self
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(phase) = self.phase {
            write!(f, " at {}", phase.as_str())?;
        }
        if let Some(status) = self.status {
            write!(f, ", status {status:04X}")?;
        }
        if let Some(left) = self.tries_left {
            write!(f, ", {left} tries left")?;
        }
        if let Some(detail) = self.detail {
            write!(f, ": {}", detail.as_str())?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}
