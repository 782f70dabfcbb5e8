//! Everything that knows a browser. Nothing below imports it.
//!
//! The bindings are written by hand and check no instances, so a virtual device that only looks like a `HIDDevice` runs through
//! the same code as a real one.

#[cfg(feature = "bridge")]
mod browser;
#[cfg(feature = "bridge")]
mod convert;
#[cfg(feature = "bridge")]
mod environment;
mod error;
#[cfg(feature = "bridge")]
mod handle;
#[cfg(feature = "bridge")]
mod hid;
#[cfg(feature = "bridge")]
mod page_lock;
#[cfg(feature = "bridge")]
mod person;
#[cfg(feature = "virtual")]
mod virtual_lock;

/// The standard allocator is built for programs that live long; a page frees all at once, and loads 3 KB less.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
