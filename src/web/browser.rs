//! The browser's own interfaces, as far as they are used here.

#![allow(unreachable_pub)] // two types stand in the signatures of exports

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `HIDDevice` (WebHID 6).
    #[derive(Clone)]
    pub type HidDevice;
    #[wasm_bindgen(method, getter)]
    pub(super) fn opened(this: &HidDevice) -> bool;
    #[wasm_bindgen(method, getter, js_name = vendorId)]
    pub(super) fn vendor_id(this: &HidDevice) -> u16;
    #[wasm_bindgen(method, getter, js_name = productId)]
    pub(super) fn product_id(this: &HidDevice) -> u16;
    #[wasm_bindgen(method, getter, js_name = productName)]
    pub(super) fn product_name(this: &HidDevice) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn collections(this: &HidDevice) -> Array;
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &HidDevice) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn close(this: &HidDevice) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = sendReport)]
    pub(super) fn send_report(this: &HidDevice, id: u8, data: &Uint8Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(super) fn add_listener(this: &HidDevice, kind: &str, listener: &Function);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(super) fn remove_listener(this: &HidDevice, kind: &str, listener: &Function);

    /// `HIDCollectionInfo`.
    pub(super) type Collection;
    #[wasm_bindgen(method, getter, js_name = usagePage)]
    pub(super) fn usage_page(this: &Collection) -> u16;
    #[wasm_bindgen(method, getter)]
    pub(super) fn usage(this: &Collection) -> u16;

    /// `HIDInputReportEvent`.
    pub(super) type InputReportEvent;
    #[wasm_bindgen(method, getter)]
    pub(super) fn data(this: &InputReportEvent) -> js_sys::DataView;

    /// `AbortSignal`.
    #[derive(Clone)]
    pub type AbortSignal;
    #[wasm_bindgen(method, getter)]
    pub(super) fn aborted(this: &AbortSignal) -> bool;
    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(super) fn add_listener(this: &AbortSignal, kind: &str, listener: &Function);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(super) fn remove_listener(this: &AbortSignal, kind: &str, listener: &Function);

    /// `AbortController`.
    pub(super) type AbortController;
    #[wasm_bindgen(constructor)]
    pub(super) fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    pub(super) fn signal(this: &AbortController) -> AbortSignal;
    #[wasm_bindgen(method)]
    pub(super) fn abort(this: &AbortController);

    /// `LockManager` (Web Locks); missing in old browsers.
    pub(super) type LockManager;
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = locks)]
    pub(super) static LOCKS: Option<LockManager>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        held: &Function,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = location, js_name = origin)]
    pub(super) static ORIGIN: String;

    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(then: &Function, milliseconds: u32);

    /// `SubtleCrypto`.
    pub(super) type SubtleCrypto;
    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    pub(super) static SUBTLE: Option<SubtleCrypto>;
    #[wasm_bindgen(method, catch, js_name = importKey)]
    pub(super) fn import_key(
        this: &SubtleCrypto,
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn verify(
        this: &SubtleCrypto,
        algorithm: &str,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    /// `TextDecoder`, for GBK.
    pub(super) type TextDecoder;
    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new(label: &str, options: &JsValue) -> Result<TextDecoder, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn decode(this: &TextDecoder, bytes: &[u8]) -> Result<String, JsValue>;
}
