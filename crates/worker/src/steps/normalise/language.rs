//! A language tag as BCP 47 writes it: `de-de` becomes `de-DE`, `zh-hans-cn` becomes `zh-Hans-CN`.

use bytestring::ByteString;

/// The tag in the usual letter case; nothing for what is none. `_` counts as `-`, as operating systems write it, and
/// what follows a `.`, `@` or `;` is left out.
pub(super) fn language(sent: &ByteString) -> Option<ByteString> {
    let end = sent.find(['.', '@', ';', ',']).unwrap_or(sent.len());
    let text = sent[..end].trim();
    let mut tag = String::with_capacity(text.len());
    let mut private = false;
    for (at, part) in text.split(['-', '_']).enumerate() {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let lower = part.to_ascii_lowercase();
        if at == 0 {
            // `C` and `POSIX` are what machines say that have no language.
            if !letters || !(2..=3).contains(&part.len()) || matches!(&*lower, "und" | "mul" | "zxx") {
                return None;
            }
            tag.push_str(&lower);
            continue;
        }
        tag.push('-');
        match part.len() {
            2 if letters && !private => tag.push_str(&lower.to_ascii_uppercase()),
            4 if letters && !private => {
                tag.push_str(&lower[..1].to_ascii_uppercase());
                tag.push_str(&lower[1..]);
            }
            length => {
                private |= length == 1;
                tag.push_str(&lower);
            }
        }
    }
    Some(if tag == **sent { sent.clone() } else { tag.into() })
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn tags_have_one_form_and_nonsense_none() {
        for (sent, expected) in [
            ("de", Some("de")),
            ("de-de", Some("de-DE")),
            ("EN-us", Some("en-US")),
            ("en_US.UTF-8", Some("en-US")),
            ("de_DE@euro", Some("de-DE")),
            ("pt-BR;q=0.9", Some("pt-BR")),
            ("zh-hans-cn", Some("zh-Hans-CN")),
            ("es-419", Some("es-419")),
            ("sr-latn", Some("sr-Latn")),
            ("de-DE-u-co-phonebk", Some("de-DE-u-co-phonebk")),
            ("yue", Some("yue")),
            ("", None),
            ("C", None),
            ("POSIX", None),
            ("und", None),
            ("en--US", None),
            ("12-34", None),
            ("english language", None),
            ("<script>", None),
            ("en-waytoolongforit", None),
            ("日本", None),
        ] {
            assert_eq!(language(&sent.into()).as_deref(), expected, "{sent}");
        }
    }
}
