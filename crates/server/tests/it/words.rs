//! The words of `docs/glossary.md`: what its "never" column lists is in no public name and in no prose.
//!
//! - Public names are `pub` items, fields and variants in Rust, exports in TypeScript, and the names of metrics.
//! - Prose is Markdown and the doc comments of Rust; of TypeScript, every line.
//! - An entry followed by "(in names)" is a word that prose needs in its everyday meaning.

use std::fs;
use std::path::{Path, PathBuf};

/// Prose that uses a word as somebody else's term. The first two are of a line, the last is part of its path.
const ALLOWED: [(&str, &str, &str); 3] = [
    // The glossary has to name what it forbids.
    ("", "|", "docs/glossary.md"),
    // Umami's client has it in the name of an option.
    ("website", "websiteId", "docs/clients.md"),
    ("website", "websiteId", "README.md"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    names_only: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The entries of the third column: words in backticks.
fn forbidden(glossary: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for row in glossary.lines().filter(|line| line.starts_with('|')) {
        let Some(never) = row.trim_matches('|').split('|').nth(2) else { continue };
        let mut pieces = never.split('`').skip(1);
        while let Some(text) = pieces.next() {
            let names_only = pieces.next().is_some_and(|after| after.starts_with(" (in names)"));
            words.push(Word { text: text.to_owned(), names_only });
        }
    }
    words
}

/// Whether one of the words that `name` is made of is `word`, or its plural.
fn names(name: &str, word: &str) -> bool {
    let mut parts: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            parts.push(String::new());
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            parts.last_mut().expect("never empty").extend(c.to_lowercase());
        }
    }
    parts.iter().any(|part| part == word || part.strip_suffix('s') == Some(word))
}

/// The word at the start of `text`, as identifiers are written.
fn identifier(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// The name that a line of Rust makes public; `variants` is whether the line lies in a public enum.
fn rust_name(line: &str, variants: bool) -> Option<&str> {
    let text = line.trim_start();
    let Some(mut rest) = text.strip_prefix("pub ") else {
        let is_variant = variants && line.starts_with("    ") && text.starts_with(char::is_uppercase);
        return is_variant.then(|| identifier(text));
    };
    loop {
        let word = identifier(rest);
        rest = match word {
            "use" => return None,
            "const" | "async" | "unsafe" | "fn" | "struct" | "enum" | "trait" | "type" | "static" | "mod" => {
                rest[word.len()..].trim_start()
            }
            _ => return Some(word),
        };
    }
}

/// The name that a line of TypeScript exports.
fn typescript_name(line: &str) -> Option<&str> {
    let mut rest = line.strip_prefix("export ")?;
    loop {
        let word = identifier(rest);
        rest = match word {
            "default" | "async" | "function" | "const" | "let" | "class" | "type" | "interface" | "enum" => {
                rest[word.len()..].trim_start()
            }
            _ => return Some(word),
        };
    }
}

/// The metrics that a line names.
fn metrics(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').filter(|text| text.starts_with("millrace_") && identifier(text) == *text)
}

/// Each forbidden word in a file: its line, from 1, and what is wrong.
fn offences(path: &str, text: &str, words: &[Word]) -> Vec<String> {
    let (rust, typescript) = (path.ends_with(".rs"), path.ends_with(".ts") || path.ends_with(".tsx"));
    let mut found = Vec::new();
    let mut variants = false;
    for (number, line) in text.lines().enumerate() {
        if rust && line.starts_with("pub enum ") {
            variants = true;
        } else if line.starts_with('}') {
            variants = false;
        }
        let mut public: Vec<&str> = Vec::new();
        if rust {
            public.extend(rust_name(line, variants));
            public.extend(metrics(line));
        } else if typescript {
            public.extend(typescript_name(line));
        }
        let comment = line.trim_start();
        let prose = if rust { comment.starts_with("///") || comment.starts_with("//!") } else { true };
        let allowed = |word: &str| {
            ALLOWED.iter().any(|(of, part, file)| {
                (of.is_empty() || *of == word) && line.contains(part) && path.ends_with(file)
            })
        };
        for word in words {
            if let Some(name) = public.iter().find(|name| names(name, &word.text)) {
                found.push(format!("{path}:{}: the name '{name}' has '{}'", number + 1, word.text));
            } else if prose && !word.names_only && !allowed(&word.text) && names(line, &word.text) {
                found.push(format!("{path}:{}: '{}' in: {}", number + 1, word.text, line.trim()));
            }
        }
    }
    found
}

/// Every source and text of the repository, generated and foreign ones left out.
fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "dist", "data"].contains(&&*name) {
                files(&path, out);
            }
        } else if ["rs", "md", "ts", "tsx"].iter().any(|kind| name.ends_with(&format!(".{kind}"))) {
            out.push(path);
        }
    }
}

#[test]
fn nothing_goes_by_a_forbidden_word() {
    let root = root();
    let words = forbidden(&fs::read_to_string(root.join("docs/glossary.md")).expect("the glossary"));
    assert!(words.len() > 5, "the glossary's third column was not understood: {words:?}");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert!(paths.len() > 100, "only {} files were found", paths.len());
    let mut found = Vec::new();
    for path in paths {
        let shown = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
        // This file has to write what it looks for.
        if !shown.ends_with(file!().rsplit('/').next().unwrap_or_default()) {
            let text = fs::read_to_string(&path).expect("a text");
            found.extend(offences(&shown, &text, &words));
        }
    }
    assert!(
        found.is_empty(),
        "\nwords that docs/glossary.md replaces by better ones:\n{}\n",
        found.join("\n")
    );
}

#[test]
fn a_forbidden_word_is_found() {
    let words =
        forbidden("| term | means | never |\n| site | what is tracked | `website`, `meta` (in names) |\n");
    assert_eq!(words.len(), 2);
    for (path, line, wrong) in [
        ("a.rs", "pub struct Website {", true),
        ("a.rs", "    pub website_id: u64,", true),
        ("a.rs", "pub async fn websites() {", true),
        ("a.rs", "pub enum Kind {\n    Website(u64),\n}", true),
        ("a.rs", "counter!(\"millrace_website_total\")", true),
        ("a.rs", "/// A website.", true),
        ("a.rs", "pub const META: u8 = 1;", true),
        ("a.md", "Add the website first.", true),
        ("a.ts", "export function addWebsite() {", true),
        ("a.rs", "pub(crate) struct Meta {", false),
        ("a.rs", "/// What the meta data says.", false),
        ("a.rs", "    let website = 1;", false),
        ("a.rs", "pub struct Metadata;", false),
    ] {
        assert_eq!(!offences(path, line, &words).is_empty(), wrong, "{path}: {line}");
    }
}
