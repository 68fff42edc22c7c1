//! Makes the folders that the interface and the browser library are built into.
//!
//! A debug binary reads them as it answers, but only where they were there when it was compiled.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    for folder in ["../../web/dist", "../../web-sdk/dist"] {
        // Where it cannot be made, the binary says that it has no interface.
        let _ = fs::create_dir_all(here.join(folder));
    }
}
