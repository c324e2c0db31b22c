//! What was clicked, in one short text: `button#buy`, `a.nav`, `input[name]`.

use millrace_event::payload::raw;

use super::super::native::Native;

/// The innermost element that autocapture saw: with its id, its test or tracking id, or its first class. Nothing of
/// what was typed or is written on it: that is the property `$el_text`, where the client sends it.
pub(super) fn of(
    members: &raw::Members<'_>,
    properties: &raw::Members<'_>,
    native: &mut Native,
) -> Option<String> {
    let listed = properties.get("$elements").or(members.get("$elements"));
    if let Some(first) =
        listed.and_then(|list| raw::elements(list, 1_000).ok()).and_then(|list| list.first().copied())
    {
        let element = raw::Members::read(first);
        let tag = native.read(element.get("tag_name"))?;
        let attribute = |native: &mut Native, name: &str| native.read(element.get(name));
        if let Some(id) = attribute(native, "attr__id").or_else(|| attribute(native, "attr_id")) {
            return Some(format!("{tag}#{id}"));
        }
        if let Some(marked) = attribute(native, "attr__data-attr")
            .or_else(|| attribute(native, "attr__data-ph-capture-attribute-name"))
        {
            return Some(format!("{tag}[{marked}]"));
        }
        let class = attribute(native, "attr__class");
        let class = class.as_deref().and_then(|class| class.split_ascii_whitespace().next());
        return Some(class.map_or_else(|| tag.clone(), |class| format!("{tag}.{class}")));
    }
    let chain = native.read(properties.get("$elements_chain").or(members.get("elements_chain")))?;
    Some(of_chain(&chain))
}

/// Of `button.primary.big:attr__id="buy"nth-child="1";div:...`.
fn of_chain(chain: &str) -> String {
    let named = |name: &str| {
        let first = chain.split(';').next()?;
        let after = &first[first.find(name)? + name.len()..];
        after.split('"').next().filter(|value| !value.is_empty())
    };
    let selector = chain.split([':', ';']).next().unwrap_or_default();
    let mut parts = selector.split('.');
    let tag = parts.next().unwrap_or_default();
    match (named("attr__id=\""), named("attr__data-attr=\""), parts.next()) {
        (Some(id), _, _) => format!("{tag}#{id}"),
        (None, Some(marked), _) => format!("{tag}[{marked}]"),
        (None, None, Some(class)) => format!("{tag}.{class}"),
        (None, None, None) => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::of_chain;

    #[test]
    fn chains() {
        for (chain, expected) in [
            (r#"button.primary.big:attr__id="buy"nth-child="1";body:nth-of-type="1""#, "button#buy"),
            (r#"button.primary:nth-child="1";div:attr__id="outer""#, "button.primary"),
            (r#"a:attr__data-attr="menu"href="/";nav"#, "a[menu]"),
            ("span", "span"),
            ("", ""),
            (";;:..", ""),
        ] {
            assert_eq!(of_chain(chain), expected, "{chain}");
        }
    }
}
