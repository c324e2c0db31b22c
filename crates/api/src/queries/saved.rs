//! Saved segments that a request names.
//!
//! Invariant: no more is read than the request speaks of, and the patterns of all it names are bounded, since one may
//! take a megabyte once it is compiled.

use std::collections::BTreeSet;

use millrace_catalog::SavedSegment;
use millrace_query::grammar::{GrammarContext, MOST_PATTERNS, Segment, parse_filters};
use millrace_query::{Filter, QueryError};
use serde_json::Value;

/// Whether a request, or a part of it, names segments in a filter.
pub(crate) fn names_segments(body: &Value) -> bool {
    let mut names = false;
    walk(body, &mut |_| names = true);
    names
}

/// The segments of a site for reading `body`: those that it names are read, the others are there by name.
pub(crate) fn segments(
    body: &Value,
    saved: &[SavedSegment],
    context: GrammarContext<'_>,
) -> Result<Vec<Segment>, QueryError> {
    let mut named = BTreeSet::new();
    walk(body, &mut |value| match value {
        Value::String(name) => drop(named.insert(name.clone())),
        // As the grammar takes them: by their texts.
        other => drop(named.insert(other.to_string())),
    });
    let mut left = MOST_PATTERNS;
    let segment = |saved: &SavedSegment| {
        let id = saved.id.to_string();
        let is_named = named.contains(&id) || named.contains(&saved.name);
        // Nobody asks for the others; if somebody did, nothing would pass.
        let filter = if is_named { read(saved, &mut left, context)? } else { Filter::Or(Vec::new()) };
        Ok(Segment { id, name: saved.name.clone(), filter })
    };
    saved.iter().map(segment).collect()
}

fn read(saved: &SavedSegment, left: &mut usize, context: GrammarContext<'_>) -> Result<Filter, QueryError> {
    let wrong = |why: &str| {
        let SavedSegment { id, name, .. } = saved;
        QueryError::new("filters", format!("the segment {id} ({name}) cannot be used, replace it: {why}"))
    };
    let filters: Value = serde_json::from_str(&saved.filters).map_err(|error| wrong(&error.to_string()))?;
    // A segment names none.
    let alone = GrammarContext { segments: &[], ..context };
    let filter = parse_filters(&filters, "filters", &alone).map_err(|error| wrong(&error.message))?;
    match left.checked_sub(patterns(&filter)) {
        Some(rest) => *left = rest,
        None => {
            let message = format!("the segments have more than {MOST_PATTERNS} patterns: name fewer of them");
            return Err(QueryError::new("filters", message));
        }
    }
    Ok(filter)
}

/// The patterns of a filter, without those of goals, which are compiled already.
fn patterns(filter: &Filter) -> usize {
    match filter {
        Filter::Matches(_, list) => list.len(),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().map(patterns).sum(),
        Filter::Not(part) | Filter::HasDone(part) => patterns(part),
        _ => 0,
    }
}

/// Calls `see` with every value of a list that stands where a filter names segments.
fn walk(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Array(list) => {
            if let [_, Value::String(dimension), Value::Array(values), ..] = list.as_slice()
                && dimension == "segment"
            {
                values.iter().for_each(&mut *see);
            }
            list.iter().for_each(|value| walk(value, see));
        }
        Value::Object(object) => object.values().for_each(|value| walk(value, see)),
        _ => {}
    }
}
