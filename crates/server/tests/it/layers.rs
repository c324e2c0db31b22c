//! Which crate may depend on which: the rules of ARCHITECTURE.md, held against `cargo metadata`.
//!
//! Dev-dependencies do not count: a test may use whatever it likes.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const EVERY: &[&str] = &[
    "event",
    "queue",
    "query",
    "store",
    "store-lake",
    "store-postgres",
    "catalog",
    "ingest",
    "worker",
    "api",
    "server",
    "stack",
];

/// The siblings that a crate may depend on; nothing for a crate that has no rule yet.
fn siblings(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "event" | "queue" => &[],
        "query" => &["event"],
        "store" => &["event", "query"],
        "catalog" => &["event", "query"],
        "ingest" => &["event", "queue", "catalog"],
        "worker" => &["event", "query", "queue", "store", "catalog"],
        "api" => &["event", "query", "store", "catalog"],
        "server" | "bench" => EVERY,
        "stack" => &[],
        store if store.starts_with("store-") => &["event", "query", "store"],
        _ => return None,
    })
}

/// Whether a crate may use a library that belongs to some crates only. Of all others, any may.
fn may_use(name: &str, library: &str) -> bool {
    match library {
        "axum" => ["ingest", "api", "server"].contains(&name),
        "sqlx" => name == "catalog" || name.starts_with("store-"),
        "redis" => ["queue", "api"].contains(&name),
        "datafusion" | "arrow" => name == "store-lake",
        // Exports are Parquet, too.
        "parquet" | "arrow-array" | "arrow-schema" => ["store-lake", "api"].contains(&name),
        _ => true,
    }
}

/// Every edge that breaks a rule, as a sentence that says how to mend it.
fn offences(metadata: &Value) -> Vec<String> {
    let mut offences = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = short(package["name"].as_str().expect("a name"));
        let Some(allowed) = siblings(name) else {
            offences.push(format!("{name} is new: say in {} what it may depend on", file!()));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let full = dependency["name"].as_str().expect("a name");
            if dependency["kind"] == "dev" {
                continue;
            }
            let sibling = full.starts_with("millrace-").then(|| short(full));
            match sibling {
                Some(sibling) if !allowed.contains(&sibling) => offences.push(format!(
                    "{name} -> {sibling} is not allowed, {name} may depend on {allowed:?}: let server join the two"
                )),
                None if !may_use(name, full) => offences.push(format!(
                    "{name} -> {full} is not allowed: that library stays behind the seam of the crate it belongs to"
                )),
                _ => {}
            }
        }
    }
    offences
}

fn short(name: &str) -> &str {
    name.strip_prefix("millrace-").unwrap_or(name)
}

#[test]
fn every_dependency_follows_the_rules() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let known = metadata["packages"].as_array().map_or(0, Vec::len);
    assert!(known > EVERY.len(), "only {known} crates were found");
    let offences = offences(&metadata);
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn a_forbidden_edge_is_named() {
    let package = |name: &str, dependencies: Value| json!({"name": name, "dependencies": dependencies});
    let edge = |name: &str, kind: Value| json!({"name": name, "kind": kind});
    for (package, expected) in [
        (package("millrace-ingest", json!([edge("millrace-store", Value::Null)])), Some("ingest -> store ")),
        (package("millrace-event", json!([edge("millrace-queue", json!("build"))])), Some("event -> queue ")),
        (package("millrace-worker", json!([edge("axum", Value::Null)])), Some("worker -> axum ")),
        (package("millrace-store", json!([edge("datafusion", Value::Null)])), Some("store -> datafusion ")),
        (package("millrace-cache", json!([])), Some("cache is new")),
        (package("millrace-ingest", json!([edge("millrace-store", json!("dev"))])), None),
        (package("millrace-store-postgres", json!([edge("millrace-store", Value::Null)])), None),
        (package("millrace-server", json!([edge("millrace-store-lake", Value::Null)])), None),
    ] {
        let found = offences(&json!({"packages": [package]}));
        match expected {
            Some(expected) => assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}"),
            None => assert!(found.is_empty(), "{found:?}"),
        }
    }
}
