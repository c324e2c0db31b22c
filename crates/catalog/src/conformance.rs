//! What every [`Catalog`] does. A backend's tests call each function with an empty catalog, and the functions that
//! take two with two handles on one empty catalog, as two processes would have them.

mod annotations;
mod saved;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp};

use crate::key::{Key, KeyKind};
use millrace_event::limits;
use millrace_event::schema::{EventSchema, Mode};

use crate::{Catalog, CatalogError, DeclaredSchema, NewSchema, Site, SiteChange, SiteSettings};
pub use annotations::{annotations_are_added_replaced_and_removed, annotations_are_bounded};
pub use saved::{
    goals_and_segments_are_bounded, goals_are_added_replaced_and_removed, numbers_are_never_given_twice,
    segments_are_added_replaced_and_removed,
};

/// A site is in the snapshot, as it was added, when `add_site` returns.
pub async fn sites_are_kept_as_added(catalog: &dyn Catalog) {
    assert!(catalog.directory().only_site().is_none(), "the catalog is not empty");
    let shop = Site {
        id: site_id("shop.example:1"),
        timezone: TimeZone::get("Asia/Kathmandu").expect("a known zone"),
        public: true,
        require_key: true,
        created_at: Timestamp::from_millis(1_795_168_800_123),
        settings: settings(),
    };
    catalog.add_site(&shop).await.expect("added");
    let directory = catalog.directory();
    assert_eq!(directory.only_site().map(|site| &**site), Some(&shop));

    let blog = plain("blog");
    catalog.add_site(&blog).await.expect("added");
    let directory = catalog.directory();
    assert_eq!(directory.sites().map(|site| (**site).clone()).collect::<Vec<_>>(), [blog.clone(), shop]);
    assert_eq!(directory.site("blog").map(|site| &**site), Some(&blog));
    assert!(directory.site("BLOG").is_none(), "ids are told apart by case");
    assert!(directory.only_site().is_none());
}

/// Settings are in the snapshot when `set_settings` returns, and nothing else changes.
pub async fn settings_are_replaced(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    catalog.set_settings(&site_id("blog"), &settings()).await.expect("set");
    let directory = catalog.directory();
    let blog = directory.site("blog").expect("there").as_ref().clone();
    assert_eq!(blog, Site { settings: settings(), ..plain("blog") });
    assert_eq!(directory.site("shop").map(|site| &site.settings), Some(&SiteSettings::default()));
    catalog.set_settings(&site_id("blog"), &SiteSettings::default()).await.expect("set");
    assert_eq!(catalog.directory().site("blog").map(|site| &**site), Some(&plain("blog")));
    match catalog.set_settings(&site_id("nowhere"), &settings()).await {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }
}

/// A change is in the snapshot when `change_site` returns, and what it leaves out stays, settings and keys too.
pub async fn sites_are_changed(catalog: &dyn Catalog) {
    let before = Site { settings: settings(), ..plain("blog") };
    catalog.add_site(&before).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let key = catalog.add_key(&before.id, KeyKind::Read).await.expect("made");
    let zone = TimeZone::get("Asia/Kathmandu").expect("a known zone");
    let mut expected = before;
    for change in [
        SiteChange { timezone: Some(zone), ..SiteChange::default() },
        SiteChange { public: Some(true), ..SiteChange::default() },
        SiteChange { require_key: Some(true), ..SiteChange::default() },
        SiteChange::default(),
        SiteChange { public: Some(false), require_key: Some(false), timezone: Some(TimeZone::UTC) },
    ] {
        catalog.change_site(&expected.id, &change).await.expect("changed");
        expected.timezone = change.timezone.unwrap_or(expected.timezone);
        expected.public = change.public.unwrap_or(expected.public);
        expected.require_key = change.require_key.unwrap_or(expected.require_key);
        let directory = catalog.directory();
        assert_eq!(directory.site("blog").map(|site| &**site), Some(&expected));
        assert_eq!(directory.site("shop").map(|site| &**site), Some(&plain("shop")));
        assert_eq!(directory.grant(&key.secret).map(|grant| (*grant.site).clone()), Some(expected.clone()));
    }
    match catalog.change_site(&site_id("nowhere"), &SiteChange::default()).await {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }
}

fn settings() -> SiteSettings {
    let json = r#"{"robots":"keep","internal":{"addresses":["203.0.113.7"],"paths":["/ä/**"]},"urls":{"query":["q"]}}"#;
    SiteSettings::parse(json).expect("settings")
}

/// An id is taken once; what is there stays as it is.
pub async fn a_site_is_added_once(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    let again = Site { public: true, ..plain("blog") };
    match catalog.add_site(&again).await {
        Err(CatalogError::SiteExists(id)) => assert_eq!(id.as_str(), "blog"),
        other => panic!("expected SiteExists, got {other:?}"),
    }
    assert_eq!(catalog.directory().site("blog").map(|site| site.public), Some(false));
}

/// A declared schema is in the snapshot, compiled, when `set_schema` returns; setting it again replaces it.
pub async fn schemas_are_declared_and_replaced(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let (blog, shop) = (site_id("blog"), site_id("shop"));
    let document = r#"{"properties":{"price":{"minimum":0}},"title":"Ä \u0000 ' \\"}"#;
    for (site, name, mode) in [
        (&shop, "purchase", Mode::Warn),
        (&shop, "$pageview", Mode::Observe),
        (&blog, "purchase", Mode::Reject),
    ] {
        catalog.set_schema(site, &schema(name, mode, document)).await.expect("declared");
    }
    let directory = catalog.directory();
    let names =
        |declared: &[DeclaredSchema]| declared.iter().map(|one| one.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(directory.schemas(&shop).all()), ["pageview", "purchase"]);
    let first = directory.schemas(&shop).get("purchase").expect("declared").clone();
    assert_eq!((first.mode, first.schema.document()), (Mode::Warn, document));
    assert!(first.schema.first_violation(r#"{"price":-1}"#).is_some());
    assert_eq!(first.created_at, first.updated_at);
    assert_eq!(directory.schemas(&blog).get("purchase").map(|declared| declared.mode), Some(Mode::Reject));
    assert!(
        directory.schemas(&blog).get("PURCHASE").is_none()
            && directory.schemas(&blog).get("pageview").is_none()
    );

    tokio::time::sleep(Duration::from_millis(2)).await;
    catalog.set_schema(&shop, &schema("purchase", Mode::Reject, "{}")).await.expect("declared");
    let second = catalog.directory().schemas(&shop).get("purchase").expect("declared").clone();
    assert_eq!(
        (second.mode, second.schema.document(), second.created_at),
        (Mode::Reject, "{}", first.created_at)
    );
    assert!(second.updated_at > first.updated_at);

    assert!(catalog.remove_schema(&shop, "purchase").await.expect("removed"));
    assert!(!catalog.remove_schema(&shop, "purchase").await.expect("asked"), "there was none any more");
    assert_eq!(names(catalog.directory().schemas(&shop).all()), ["pageview"]);
    assert_eq!(names(catalog.directory().schemas(&blog).all()), ["purchase"]);
    match catalog.set_schema(&site_id("nowhere"), &schema("x", Mode::Warn, "{}")).await {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }
    assert!(catalog.remove_site(&shop).await.expect("removed"));
    catalog.add_site(&plain("shop")).await.expect("added again");
    assert!(catalog.directory().schemas(&shop).all().is_empty(), "they do not come back");
}

/// A site has a bounded number of schemas; those that are there may still be replaced.
pub async fn schemas_are_bounded(catalog: &dyn Catalog) {
    catalog.add_site(&plain("shop")).await.expect("added");
    let shop = site_id("shop");
    for n in 0..limits::SCHEMAS {
        catalog
            .set_schema(&shop, &schema(&format!("event-{n}"), Mode::Observe, "{}"))
            .await
            .expect("declared");
    }
    match catalog.set_schema(&shop, &schema("one more", Mode::Warn, "{}")).await {
        Err(CatalogError::TooManySchemas(id)) => assert_eq!(id, shop),
        other => panic!("expected TooManySchemas, got {other:?}"),
    }
    catalog.set_schema(&shop, &schema("event-7", Mode::Warn, "{}")).await.expect("replaced");
    assert_eq!(catalog.directory().schemas(&shop).all().len(), limits::SCHEMAS);
}

/// A removed site takes its keys with it, and its id may be used again.
pub async fn a_removed_site_takes_its_keys(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let gone = catalog.add_key(&site_id("blog"), KeyKind::Write).await.expect("made");
    let kept = catalog.add_key(&site_id("shop"), KeyKind::Write).await.expect("made");
    assert!(catalog.remove_site(&site_id("blog")).await.expect("removed"));
    assert!(!catalog.remove_site(&site_id("blog")).await.expect("asked"), "there was none any more");

    let directory = catalog.directory();
    assert!(directory.site("blog").is_none());
    assert!(directory.grant(&gone.secret).is_none());
    assert!(directory.grant(&kept.secret).is_some());
    assert_eq!(catalog.keys(None).await.expect("listed"), [kept.key]);
    catalog.add_site(&plain("blog")).await.expect("added again");
    assert!(catalog.directory().grant(&gone.secret).is_none(), "the old key does not come back");
}

/// A key opens its own site for its own kind, from when `add_key` returns.
pub async fn keys_open_their_site(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let mut secrets = HashSet::new();
    for kind in KeyKind::ALL {
        for site in ["blog", "shop"] {
            let new = catalog.add_key(&site_id(site), kind).await.expect("made");
            let directory = catalog.directory();
            let grant = directory.grant(&new.secret).expect("granted");
            assert_eq!((grant.site.id.as_str(), grant.kind), (site, kind));
            assert_eq!((&new.key.site, new.key.kind, new.key.revoked_at), (&site_id(site), kind, None));
            assert!(new.secret.starts_with(&new.key.hint) && new.key.hint.len() * 4 < new.secret.len());
            secrets.insert(new.secret);
        }
    }
    assert_eq!(secrets.len(), 6);
    let directory = catalog.directory();
    let known = secrets.iter().next().expect("six");
    for wrong in ["", "mr_w_", &known[..known.len() - 1], &format!("{known}A"), &known.to_uppercase()] {
        assert!(directory.grant(wrong).is_none(), "{wrong}");
    }
    match catalog.add_key(&site_id("nowhere"), KeyKind::Write).await {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }
}

/// Keys are listed oldest first, of one site or of all.
pub async fn keys_are_listed(catalog: &dyn Catalog) {
    assert_eq!(catalog.keys(None).await.expect("listed"), []);
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let mut made: Vec<Key> = Vec::new();
    for site in ["shop", "blog", "shop", "blog"] {
        made.push(catalog.add_key(&site_id(site), KeyKind::Read).await.expect("made").key);
    }
    assert_eq!(catalog.keys(None).await.expect("listed"), made);
    let shop = catalog.keys(Some(&site_id("shop"))).await.expect("listed");
    assert_eq!(shop, [made[0].clone(), made[2].clone()]);
    assert_eq!(catalog.keys(Some(&site_id("nowhere"))).await.expect("listed"), []);
}

/// A revoked key opens nothing from when `revoke_key` returns, and stays in the list.
pub async fn a_revoked_key_opens_nothing(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    let revoked = catalog.add_key(&site_id("blog"), KeyKind::Write).await.expect("made");
    let kept = catalog.add_key(&site_id("blog"), KeyKind::Write).await.expect("made");
    assert!(catalog.revoke_key(&revoked.key.id).await.expect("revoked"));
    assert!(!catalog.revoke_key(&revoked.key.id).await.expect("asked"), "it was revoked already");

    let directory = catalog.directory();
    assert!(directory.grant(&revoked.secret).is_none());
    assert!(directory.grant(&kept.secret).is_some());
    let listed = catalog.keys(None).await.expect("listed");
    assert_eq!(listed.iter().map(|key| key.revoked_at.is_some()).collect::<Vec<_>>(), [true, false]);
    let unknown = "000000000000".parse().expect("an id");
    assert!(!catalog.revoke_key(&unknown).await.expect("asked"));
}

/// A day has one salt, and every day another.
pub async fn a_day_has_one_salt(catalog: &dyn Catalog) {
    let now = Timestamp::now();
    let today = now.utc_day();
    let first = catalog.salt(today, now).await.expect("a salt");
    assert_eq!(first.utc_day, today);
    assert_eq!(catalog.salt(today, now).await.expect("a salt"), first);
    let days = today - 2..=today + 1;
    let mut secrets = HashSet::new();
    for day in days.clone() {
        secrets.insert(catalog.salt(day, now).await.expect("a salt").secret);
    }
    assert_eq!(secrets.len(), days.count());
    assert!(secrets.contains(&first.secret) && !secrets.contains(&0));
}

/// A salt lives through its day and 48 hours more, to the millisecond; then it is gone.
pub async fn salts_are_deleted(catalog: &dyn Catalog) {
    let day = Timestamp::now().utc_day();
    let ended = Timestamp::from_millis((day + 1) * DAY_MS);
    let salt = catalog.salt(day, ended.plus_millis(-1)).await.expect("a salt");
    let last = ended.plus_millis(2 * DAY_MS);
    assert_eq!(catalog.salt(day, last).await.expect("still there"), salt);
    match catalog.salt(day, last.plus_millis(1)).await {
        Err(CatalogError::SaltDeleted(of)) => assert_eq!(of, day),
        other => panic!("expected SaltDeleted, got {other:?}"),
    }
    // A clock that is set back does not bring the secret back.
    assert_ne!(catalog.salt(day, ended).await.expect("a new salt"), salt);
    let next = catalog.salt(day + 1, ended).await.expect("a salt");
    assert_eq!(catalog.salt(day + 1, last).await.expect("a later day is kept"), next);
}

/// Two processes that ask for a day's salt at the same moment get the same.
pub async fn processes_agree_on_salts(one: &dyn Catalog, two: &dyn Catalog) {
    let now = Timestamp::now();
    for day in now.utc_day() - 2..now.utc_day() + 2 {
        let asked = (0..16).map(|n| if n % 2 == 0 { one } else { two }.salt(day, now));
        let salts = futures::future::join_all(asked).await;
        let secrets: HashSet<u128> = salts.into_iter().map(|salt| salt.expect("a salt").secret).collect();
        assert_eq!(secrets.len(), 1, "of day {day}");
    }
}

/// What one process changes, another sees after `refresh`, and by itself within two seconds.
pub async fn processes_see_each_others_changes(one: &dyn Catalog, two: &dyn Catalog) {
    one.add_site(&plain("blog")).await.expect("added");
    two.refresh().await.expect("read");
    assert!(two.directory().site("blog").is_some());

    let new = one.add_key(&site_id("blog"), KeyKind::Write).await.expect("made");
    within_two_seconds("the new key", || two.directory().grant(&new.secret).is_some()).await;
    one.set_schema(&site_id("blog"), &schema("purchase", Mode::Warn, "{}")).await.expect("declared");
    within_two_seconds("the schema", || two.directory().schemas(&site_id("blog")).get("purchase").is_some())
        .await;
    assert!(two.remove_schema(&site_id("blog"), "purchase").await.expect("removed"));
    within_two_seconds("its end", || one.directory().schemas(&site_id("blog")).all().is_empty()).await;
    saved::processes_see_each_others(one, two, &site_id("blog")).await;
    annotations::processes_see_each_others(one, two, &site_id("blog")).await;
    assert!(two.revoke_key(&new.key.id).await.expect("revoked"));
    within_two_seconds("the revocation", || one.directory().grant(&new.secret).is_none()).await;
    assert!(two.remove_site(&site_id("blog")).await.expect("removed"));
    within_two_seconds("the removal", || one.directory().site("blog").is_none()).await;
}

async fn within_two_seconds(what: &str, seen: impl Fn() -> bool) {
    let start = Instant::now();
    while !seen() {
        assert!(start.elapsed() < Duration::from_secs(2), "{what} was not seen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn plain(id: &str) -> Site {
    let created_at = Timestamp::from_millis(1_795_168_800_000);
    let settings = SiteSettings::default();
    Site { id: site_id(id), timezone: TimeZone::UTC, public: false, require_key: false, created_at, settings }
}

fn schema(name: &str, mode: Mode, document: &str) -> NewSchema {
    NewSchema::new(name, mode, EventSchema::parse(document).expect("a schema")).expect("a name")
}

fn site_id(id: &str) -> SiteId {
    SiteId::new(id.to_owned()).expect("a valid site id")
}
