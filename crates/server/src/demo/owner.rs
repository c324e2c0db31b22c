//! What the owner of the demo site has decided: goals, segments and annotations, so that the dashboard has some to show.

use anyhow::Context;
use millrace_catalog::key::KeyKind;
use millrace_catalog::{Catalog, NewAnnotation, NewGoal, NewSegment};
use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp};
use millrace_query::GoalKind;

/// Name, the filters as a query has them.
const SEGMENTS: [(&str, &str); 2] = [
    ("Paid campaigns", r#"[["is","visit:channel",["Paid Search","Paid Social"]]]"#),
    (
        "Readers on phones",
        r#"[["is","visit:device",["Mobile"]],["contains","event:page",["/blog","/docs"]]]"#,
    ),
];

/// How many days ago, the text.
const ANNOTATIONS: [(i64, &str); 3] =
    [(26, "Spring bundle with a partner"), (12, "Autumn release"), (4, "New pricing page")];

/// Gives the new site its goals, segments and annotations.
pub(crate) async fn settle(catalog: &dyn Catalog, site: &SiteId, now: Timestamp) -> anyhow::Result<()> {
    // Most of the demo's people pay in dollars.
    let dollar = "USD".parse().context("a currency")?;
    for (name, kind, currency) in [
        ("Purchase", GoalKind::Event("purchase".to_owned()), Some(dollar)),
        ("Signup", GoalKind::Event("signup".to_owned()), None),
        ("Pricing seen", GoalKind::Page("/pricing".to_owned()), None),
    ] {
        catalog.add_goal(site, &NewGoal::new(name, kind, currency)?).await?;
    }
    for (name, filters) in SEGMENTS {
        catalog.add_segment(site, &NewSegment::new(name, filters)?).await?;
    }
    for (days, text) in ANNOTATIONS {
        let day = Timestamp::from_millis((now.utc_day() - days) * DAY_MS);
        catalog.add_annotation(site, &NewAnnotation::new(day, text)?).await?;
    }
    Ok(())
}

/// Makes an admin key where the site has none; answers its secret, this once.
pub(crate) async fn first_admin_key(catalog: &dyn Catalog, site: &SiteId) -> anyhow::Result<Option<String>> {
    let keys = catalog.keys(Some(site)).await?;
    if keys.iter().any(|key| key.kind == KeyKind::Admin && key.revoked_at.is_none()) {
        return Ok(None);
    }
    Ok(Some(catalog.add_key(site, KeyKind::Admin).await?.secret))
}

#[cfg(test)]
mod tests {
    use millrace_catalog::memory::{MemoryCatalog, fixed, site};
    use millrace_query::grammar::{GrammarContext, parse_filters};

    use super::*;
    use crate::demo::world::pages::PAGES;

    #[tokio::test]
    async fn what_the_owner_decided_fits_the_demos_world() {
        let catalog: MemoryCatalog = fixed([site("demo")], []);
        let id = SiteId::new("demo").expect("an id");
        let now = Timestamp::parse("2026-11-20T10:00:00Z").expect("an instant");
        settle(&catalog, &id, now).await.expect("settled");
        let directory = catalog.directory();
        assert_eq!(directory.goals(&id).all().len(), 3);
        for saved in directory.goals(&id).all() {
            if let GoalKind::Page(page) = &saved.kind {
                assert!(PAGES.iter().any(|known| known.path == page), "{page}");
            }
        }
        let context = GrammarContext {
            now,
            zone: &jiff::tz::TimeZone::UTC,
            goals: directory.goals(&id).asked(),
            segments: &[],
            first: None,
        };
        assert_eq!(directory.segments(&id).all().len(), SEGMENTS.len());
        for saved in directory.segments(&id).all() {
            let filters: serde_json::Value = serde_json::from_str(&saved.filters).expect("JSON");
            parse_filters(&filters, "filters", &context).unwrap_or_else(|error| panic!("{error:?}"));
        }
        let days = directory.annotations(&id).all().iter().map(|one| one.at.to_string()).collect::<Vec<_>>();
        assert_eq!(days, ["2026-10-25T00:00:00Z", "2026-11-08T00:00:00Z", "2026-11-16T00:00:00Z"]);
    }

    #[tokio::test]
    async fn a_key_is_made_once() {
        let catalog: MemoryCatalog = fixed([site("demo")], [("r", "demo", KeyKind::Read)]);
        let id = SiteId::new("demo").expect("an id");
        let secret = first_admin_key(&catalog, &id).await.expect("made").expect("a secret");
        assert_eq!(catalog.directory().grant(&secret).map(|grant| grant.kind), Some(KeyKind::Admin));
        assert_eq!(first_admin_key(&catalog, &id).await.expect("asked"), None);
        for key in catalog.keys(None).await.expect("keys") {
            catalog.revoke_key(&key.id).await.expect("revoked");
        }
        assert!(first_admin_key(&catalog, &id).await.expect("made").is_some(), "nobody is locked out");
    }
}
