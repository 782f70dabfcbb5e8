//! Everything that knows a browser. Nothing below imports it.
//!
//! The border is a thin one: JavaScript hands over events (a report arrived, a timer ended, the user answered), the module
//! hands over wishes ([`host::Host`]), and both speak in numbers, text and bytes. What the browser's own objects need to be
//! talked to is in `www/calock/host.js`, where it takes a third of the bytes it would take here; what is decided is decided
//! here.

#[cfg(feature = "bridge")]
mod answers;
#[cfg(any(feature = "ofd-sign", feature = "view", feature = "pdf"))]
mod boxes;
#[cfg(all(feature = "bridge", feature = "full"))]
mod digest;
#[cfg(feature = "virtual")]
mod error;
#[cfg(feature = "bridge")]
mod executor;
#[cfg(feature = "bridge")]
mod handle;
#[cfg(any(feature = "bridge", feature = "ofd-sign", feature = "pdf", feature = "view"))]
mod host;
#[cfg(all(feature = "bridge", feature = "full"))]
mod known;
#[cfg(feature = "view")]
mod look;
#[cfg(all(feature = "bridge", feature = "full"))]
mod manage;
#[cfg(any(feature = "ofd-sign", feature = "view", feature = "pdf"))]
mod original;
#[cfg(feature = "bridge")]
mod page;
#[cfg(any(feature = "ofd-sign", feature = "pdf"))]
mod seal;
#[cfg(feature = "view")]
mod test_seal;
#[cfg(all(feature = "bridge", feature = "full"))]
mod usb;
#[cfg(feature = "bridge")]
mod view;
#[cfg(feature = "virtual")]
mod virtual_lock;
#[cfg(feature = "bridge")]
mod webcrypto;

/// The standard allocator is built for programs that live long; a page gives all its memory back at once and loads 4 KB less.
#[cfg(any(feature = "bridge", feature = "seal"))]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A panic ends the module with a trap, as the standard library's would after writing a message that nobody reads.
#[cfg(not(feature = "std"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
