//! Which of PostHog's properties are kept.
//!
//! Its clients put forty and more of their own on every event, all beginning with `$`. What a field here says already,
//! what the browser is, and how the library feels is left out; what somebody asked to be collected is kept. So the
//! bound on properties is left to the site's own.

use millrace_event::payload::raw;

use super::super::native::Native;

/// Of those that begin with `$`, what is kept begins like one of these.
const KEPT: [&str; 12] = [
    "$lib",
    "$feature",
    "$group",
    "$exception_",
    "$survey",
    "$web_vitals_",
    "$ai_",
    "$el_text",
    "$external_click_url",
    "$screen_name",
    "$app_",
    "$active_feature_flags",
];
/// Of those, what is not.
const NOT_KEPT: [&str; 3] = ["$lib_rate_limit_remaining_tokens", "$lib_custom_api_host", "$group_set"];
/// What the browser's client takes out of the URL, into every event that follows.
const FROM_URL: [&str; 28] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gclid",
    "gclsrc",
    "gad_source",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "irclid",
    "mc_cid",
    "_kx",
    "oppref",
    "bfcid",
    "gad_campaignid",
    "srsltid",
];

/// The event's own properties; of a person or a group what is set on them.
pub(super) fn properties(
    name: &str,
    members: &raw::Members<'_>,
    properties: &raw::Members<'_>,
    native: &mut Native,
) {
    if matches!(name, "$identify" | "$set") {
        for set in ["$set", "$set_once"] {
            let object = members.get(set).or(properties.get(set)).map(raw::Members::read).unwrap_or_default();
            put(&object, native, |key| !key.starts_with('$') && !FROM_URL.contains(&key));
        }
    }
    if name == "$groupidentify" {
        put(&properties.object("$group_set"), native, |_| true);
    }
    let of_page = properties.get("$current_url").is_some();
    put(properties, native, |key| match key {
        _ if key.starts_with('$') => {
            KEPT.iter().any(|kept| key.starts_with(kept)) && !NOT_KEPT.contains(&key)
        }
        "token" | "distinct_id" => false,
        "title" => name != "$pageview",
        "alias" => !matches!(name, "$create_alias" | "$merge_dangerously"),
        _ => !(of_page && FROM_URL.contains(&key)),
    });
}

fn put(members: &raw::Members<'_>, native: &mut Native, is_kept: impl Fn(&str) -> bool) {
    for (key, value) in members.iter().filter(|(key, _)| is_kept(key)) {
        native.property(key, value);
    }
}
