//! What the standard library's prelude has and core's has not: the module that a page loads is built without that library, whose
//! way to panic (messages, and everything that formats them) is 3.6 kB of it (gzip -9).

pub(crate) use alloc::borrow::ToOwned;
pub(crate) use alloc::boxed::Box;
pub(crate) use alloc::string::String;
pub(crate) use alloc::vec::Vec;
