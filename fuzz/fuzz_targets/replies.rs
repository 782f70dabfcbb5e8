//! What the answers of a GM/T 0017 lock mean: every parser of `lock::gmt0017::reply` and of lock management over the same bytes.
#![no_main]

use calock::lock::gmt0017::{fuzz_manage_replies, fuzz_replies};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    fuzz_replies(data);
    fuzz_manage_replies(data);
});
