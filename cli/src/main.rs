//! The `calock` command.
fn main() {}
