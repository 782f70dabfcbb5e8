//! The virtual lock in a page: the device side, for `virtual.js` to put behind a `HIDDevice`. Never in the production module.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::error::to_js;
use crate::error::{Code, Error};
use crate::virtual_lock::{Ca, Description, Device, LockFile, USB_PRODUCT_NAME, issue};

/// A virtual GM3000.
#[wasm_bindgen]
pub struct VirtualLock {
    device: RefCell<Device>,
}

#[wasm_bindgen]
impl VirtualLock {
    /// From a lock file's JSON.
    ///
    /// # Errors
    /// `PARAMETER` when it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<VirtualLock, JsValue> {
        let device = LockFile::from_json(json).and_then(|file| Device::new(&file)).map_err(to_js)?;
        Ok(Self { device: RefCell::new(device) })
    }

    /// Makes a lock file from a description's JSON, with a test CA made on the spot.
    ///
    /// # Errors
    /// `PARAMETER` when it is no description.
    pub fn describe(description: &str) -> Result<String, JsValue> {
        let description: Description = serde_json::from_str(description)
            .map_err(|_| to_js(Error::because(Code::Parameter, "not a lock description")))?;
        // Milliseconds since 1970 as a float: whole seconds fit u64 until long after the module's life.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let now = (js_sys::Date::now() / 1000.0) as u64;
        let made = Ca::generate("calock page CA", now).and_then(|mut ca| issue(&description, &mut ca, now));
        made.and_then(|file| file.to_json()).map_err(to_js)
    }

    /// USB vendor id.
    #[wasm_bindgen(getter, js_name = vendorId)]
    #[must_use]
    pub fn vendor_id(&self) -> u16 {
        0x055C
    }

    /// USB product id.
    #[wasm_bindgen(getter, js_name = productId)]
    #[must_use]
    pub fn product_id(&self) -> u16 {
        0xE618
    }

    /// USB product string.
    #[wasm_bindgen(getter, js_name = productName)]
    #[must_use]
    pub fn product_name(&self) -> String {
        USB_PRODUCT_NAME.to_owned()
    }

    /// PIN tries left.
    #[wasm_bindgen(getter, js_name = triesLeft)]
    #[must_use]
    pub fn tries_left(&self) -> u8 {
        self.device.borrow().card().tries_left()
    }

    /// Takes one output report.
    pub fn write(&self, report: &[u8]) {
        self.device.borrow_mut().write(report);
    }

    /// The next input report, 64 bytes.
    #[must_use]
    pub fn read(&self) -> Option<Vec<u8>> {
        self.device.borrow_mut().read().map(Vec::from)
    }

    /// Loses power: what was opened and proven is forgotten.
    pub fn unplug(&self) {
        self.device.borrow_mut().unplug();
    }
}
