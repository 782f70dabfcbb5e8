//! What a session needs of the world around it.

use core::future::Future;
use core::time::Duration;

use crate::certificate::PublicKey;
use crate::error::Result;

/// Time and checks: the browser's, or a test's.
pub trait Environment {
    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;

    /// Unix time in seconds.
    fn now(&self) -> u64;

    /// Verifies a signature over a message; a page asks WebCrypto for RSA.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID`, `KEY_UNSUPPORTED`.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> impl Future<Output = Result<()>>;
}
