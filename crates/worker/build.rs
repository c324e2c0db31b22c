//! Brings the data of `data/` into the forms that the steps read: see `data/README.md`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_yaml_ng::Value;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", data.display());
    user_agents(&data, &out)?;
    sources(&data, &out)?;
    countries(&data, &out)
}

/// The patterns of browsers and systems as JSON; those of devices are brands and models, which nothing asks for.
fn user_agents(data: &Path, out: &Path) -> Result<(), Failure> {
    let all: Value = serde_yaml_ng::from_str(&fs::read_to_string(data.join("uap-core/regexes.yaml"))?)?;
    let part =
        |name: &str| serde_json::to_value(all.get(name).ok_or(format!("no {name}"))?).map_err(Failure::from);
    let json = serde_json::json!({
        "user_agent_parsers": part("user_agent_parsers")?,
        "os_parsers": part("os_parsers")?,
        "device_parsers": [],
    });
    Ok(fs::write(out.join("regexes.json"), json.to_string())?)
}

/// A line each: kind, name, hosts. Where a host is listed twice the first line counts.
fn sources(data: &Path, out: &Path) -> Result<(), Failure> {
    let mut lines = fs::read_to_string(data.join("own/sources.txt"))?;
    let mut add = |kind: &str, name: &str, hosts: Vec<&str>| {
        let name = name.replace("%2B", "+");
        // A path is more than a list of hosts can tell.
        let hosts: Vec<&str> = hosts.into_iter().filter(|host| !host.contains('/')).collect();
        if !hosts.is_empty() {
            lines.push_str(&format!("{kind}\t{name}\t{}\n", hosts.join(" ")));
        }
    };
    let social: Value = serde_yaml_ng::from_str(&fs::read_to_string(data.join("matomo/Socials.yml"))?)?;
    for (name, hosts) in social.as_mapping().ok_or("no mapping")? {
        add("social", name.as_str().ok_or("no name")?, texts(hosts));
    }
    let search: Value = serde_yaml_ng::from_str(&fs::read_to_string(data.join("matomo/SearchEngines.yml"))?)?;
    for (name, parts) in search.as_mapping().ok_or("no mapping")? {
        let name = match name {
            Value::String(name) => name.clone(),
            other => serde_yaml_ng::to_string(other)?.trim().to_owned(),
        };
        for part in parts.as_sequence().ok_or("no list")? {
            add("search", &name, part.get("urls").map(texts).unwrap_or_default());
        }
    }
    Ok(fs::write(out.join("sources.txt"), lines)?)
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_sequence().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Four arrays to search in: where the country changes, little endian, and the countries from there on, two bytes
/// each; for IPv4, and for the upper halves of IPv6.
fn countries(data: &Path, out: &Path) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(fs::File::open(data.join("countries/countries.bin.z"))?)
        .read_to_end(&mut bytes)?;
    let mut rest = bytes.as_slice();
    let codes = varint(&mut rest)? as usize;
    let (codes, mut rest) = rest.split_at_checked(codes * 2).ok_or("the codes end early")?;
    for (name, width) in [("v4", 4), ("v6", 8)] {
        let points = varint(&mut rest)?;
        let mut starts = Vec::with_capacity(points as usize * width);
        let mut at = 0u64;
        for _ in 0..points {
            at += varint(&mut rest)?;
            starts.extend_from_slice(&at.to_le_bytes()[..width]);
        }
        let (places, after) = rest.split_at_checked(points as usize).ok_or("the places end early")?;
        rest = after;
        let code = |place: &u8| codes.get(usize::from(*place) * 2..usize::from(*place) * 2 + 2);
        let found: Vec<&[u8]> =
            places.iter().map(code).collect::<Option<_>>().ok_or("a place without a code")?;
        fs::write(out.join(format!("{name}.starts")), starts)?;
        fs::write(out.join(format!("{name}.codes")), found.concat())?;
    }
    if rest.is_empty() { Ok(()) } else { Err("bytes are left over".into()) }
}

fn varint(rest: &mut &[u8]) -> Result<u64, Failure> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or("a number ends early")?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number is too large".into())
}
