//! `throughline version`.

/// Prints the version.
pub fn run(json: bool) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    if json {
        println!("{}", serde_json::json!({"version": version}));
    } else {
        println!("throughline {version}");
    }
    Ok(())
}
