//! What was changed after a signature.
