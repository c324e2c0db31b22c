//! The documents against the tree: links lead somewhere, and the record's table is the code's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "dist"].contains(&&*name) {
                documents(&path, out);
            }
        } else if name.ends_with(".md") {
            out.push(path);
        }
    }
}

/// The lines of a document that are not code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !fence && !code
    })
}

/// The targets of `[text](target)` and `![text](target)`.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(text) {
        // What stands in backticks is code too.
        let plain: String = line.split('`').step_by(2).collect();
        for after in plain.split("](").skip(1) {
            if let Some(end) = after.find(')') {
                links.push(after[..end].to_owned());
            }
        }
    }
    links
}

/// The fragments of a document's headings, as code hosts make them.
fn fragments(text: &str) -> Vec<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let fragment = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(fragment).collect()
}

#[test]
fn every_relative_link_leads_somewhere() {
    let root = root();
    let mut paths = Vec::new();
    documents(&root, &mut paths);
    let mut broken = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).expect("a text");
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name("").join(file) };
            let there = target.exists()
                && (fragment.is_empty()
                    || fs::read_to_string(&target)
                        .is_ok_and(|text| fragments(&text).iter().any(|f| f == fragment)));
            if !there {
                broken.push(format!("{}: {link}", path.strip_prefix(&root).unwrap_or(path).display()));
            }
        }
    }
    assert!(broken.is_empty(), "\nlinks to nowhere:\n{}\n", broken.join("\n"));
}

/// `docs/formats/queue.md` lists the record's fields by number and name; `record.rs` is where they are decided.
#[test]
fn the_records_table_lists_every_field() {
    let code = fs::read_to_string(root().join("crates/event/src/record.rs")).expect("record.rs");
    let constants = code.lines().filter_map(|line| {
        let (name, number) = line.trim().strip_prefix("pub(super) const ")?.split_once(": u8 = ")?;
        Some((number.trim_end_matches(';').parse::<u8>().ok()?, name.to_lowercase()))
    });
    let constants: BTreeMap<u8, String> = constants.collect();
    assert!(constants.len() > 20, "record.rs was not understood: {constants:?}");
    let document = fs::read_to_string(root().join("docs/formats/queue.md")).expect("queue.md");
    let section = document.split("## The payload").nth(1).expect("a section on the payload");
    let rows = section.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        Some((cells.next()?.parse::<u8>().ok()?, cells.next()?.trim_matches('`').to_owned()))
    });
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), constants);
}

#[test]
fn links_are_found() {
    let text = "# A Title\n[a](b.md) `[no](x)` ![c](d.png)\n```\n[no](y)\n```\n[e](#a-title)";
    assert_eq!(links(text), ["b.md", "d.png", "#a-title"]);
    assert_eq!(fragments(text), ["a-title"]);
}
