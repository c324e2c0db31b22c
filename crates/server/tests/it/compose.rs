//! `deploy/compose.yml`, as far as it can be checked without a container engine: its names, variables, commands and
//! ports are the program's.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser;
use millrace_server::cli::Cli;
use millrace_server::config::Config;
use serde_yaml_ng::Value;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The file with its merge keys carried out.
fn compose() -> Value {
    let text = std::fs::read_to_string(root().join("deploy/compose.yml")).expect("the file");
    let mut document: Value = serde_yaml_ng::from_str(&text).expect("YAML");
    document.apply_merge().expect("merge keys");
    document
}

fn services(document: &Value) -> Vec<(String, &Value)> {
    let services = document["services"].as_mapping().expect("services");
    services.iter().map(|(name, service)| (name.as_str().expect("a name").to_owned(), service)).collect()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_sequence().into_iter().flatten().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn keys(mapping: &Value) -> BTreeSet<String> {
    mapping
        .as_mapping()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str().expect("a key").to_owned())
        .collect()
}

/// `section.key` of everything that can be configured.
fn configuration() -> BTreeSet<String> {
    let all = serde_json::to_value(Config::default()).expect("JSON");
    let sections = all.as_object().expect("sections").iter();
    let of = |(section, keys): (&String, &serde_json::Value)| -> Vec<String> {
        keys.as_object().expect("keys").keys().map(|key| format!("{section}.{key}")).collect()
    };
    sections.flat_map(of).collect()
}

#[test]
fn the_services_are_the_reference_stack() {
    let document = compose();
    let names: BTreeSet<String> = services(&document).into_iter().map(|(name, _)| name).collect();
    let expected = ["api", "database", "ingest", "redis", "worker-1", "worker-2"];
    assert_eq!(names, expected.map(str::to_owned).into());
    let redis = texts(&document["services"]["redis"]["command"]).join(" ");
    for setting in ["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"] {
        assert!(redis.contains(setting), "{redis}");
    }
    assert!(
        document["services"]["database"]["image"].as_str().is_some_and(|image| image.contains("timescale"))
    );
}

#[test]
fn every_variable_is_a_configuration_key() {
    let (document, known) = (compose(), configuration());
    let mut checked = 0;
    for (service, value) in services(&document) {
        for name in keys(&value["environment"]).iter().filter(|name| name.starts_with("MILLRACE")) {
            let key =
                name.strip_prefix("MILLRACE__").expect("two underscores").to_lowercase().replace("__", ".");
            assert!(known.contains(&key), "{service}: {name} is no configuration key");
            checked += 1;
        }
    }
    assert!(checked >= 4 * 7, "only {checked} variables were found");
}

#[test]
fn every_command_is_one_the_program_takes() {
    let document = compose();
    let mut roles = BTreeSet::new();
    for (service, value) in services(&document).iter().filter(|(_, value)| value["image"] == "millrace") {
        let words = texts(&value["command"]);
        let parsed = Cli::try_parse_from(std::iter::once("millrace".to_owned()).chain(words.clone()));
        assert!(parsed.is_ok(), "{service}: {words:?}: {:?}", parsed.err());
        roles.extend(words.iter().skip_while(|word| *word != "--role").nth(1).cloned());
    }
    assert_eq!(roles, ["api", "ingest", "worker"].map(str::to_owned).into());
}

#[test]
fn ports_volumes_and_dependencies_are_there() {
    let document = compose();
    let (volumes, all) = (keys(&document["volumes"]), services(&document));
    let names: BTreeSet<&String> = all.iter().map(|(name, _)| name).collect();
    for (service, value) in &all {
        assert!(value["healthcheck"]["test"].is_sequence(), "{service} has no health check");
        assert!(value["mem_limit"].is_string(), "{service} has no limit of memory");
        for volume in texts(&value["volumes"]) {
            let name = volume.split(':').next().unwrap_or_default();
            assert!(volumes.contains(name), "{service}: there is no volume '{name}'");
        }
        for other in keys(&value["depends_on"]) {
            assert!(names.contains(&other), "{service} depends on '{other}', which is not there");
        }
        if value["image"] == "millrace" {
            let listen = value["environment"]["MILLRACE__SERVER__LISTEN"].as_str().expect("an address");
            let port = listen.rsplit(':').next().expect("a port");
            for published in texts(&value["ports"]) {
                assert!(
                    published.ends_with(&format!(":{port}")),
                    "{service}: {published}, but it listens on {listen}"
                );
            }
            assert!(
                texts(&value["healthcheck"]["test"])
                    .iter()
                    .any(|word| word.contains(&format!(":{port}/readyz")))
            );
        }
    }
    for file in ["deploy/Dockerfile", "web/package-lock.json", "rust-toolchain.toml"] {
        assert!(root().join(file).is_file(), "{file}");
    }
}

#[test]
fn the_image_is_built_with_the_toolchain_of_the_tree() {
    let toolchain = std::fs::read_to_string(root().join("rust-toolchain.toml")).expect("the toolchain");
    let version = toolchain.split('"').nth(1).expect("a version");
    let dockerfile = std::fs::read_to_string(root().join("deploy/Dockerfile")).expect("the Dockerfile");
    let minor = version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    assert!(
        dockerfile.contains(&format!("FROM rust:{minor}-")),
        "{version} is not what the Dockerfile builds with"
    );
}
