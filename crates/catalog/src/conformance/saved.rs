//! The suite's part about goals and segments.

use std::collections::HashSet;
use std::time::Duration;

use millrace_event::{Currency, SiteId};
use millrace_query::{Goal, GoalKind};

use super::{plain, site_id, within_two_seconds};
use crate::{Catalog, CatalogError, NewGoal, NewSegment, SavedSegment};

/// A goal is in the snapshot, compiled, when `add_goal` returns; its number stays when it is replaced.
pub async fn goals_are_added_replaced_and_removed(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let (blog, shop) = (site_id("blog"), site_id("shop"));
    let euro: Currency = "EUR".parse().expect("a currency");
    let kinds = [
        GoalKind::Event("purchase ' \\ ä".to_owned()),
        GoalKind::Page("/blog/**".to_owned()),
        GoalKind::Scroll("/pricing".to_owned(), 75),
    ];
    for (n, kind) in kinds.iter().enumerate() {
        let new = NewGoal::new(&format!("Goal {n}"), kind.clone(), (n == 0).then_some(euro)).expect("a goal");
        assert_eq!(catalog.add_goal(&shop, &new).await.expect("added") as usize, n + 1);
    }
    assert_eq!(catalog.add_goal(&blog, &goal("Goal 0", "x")).await.expect("a name is a site's"), 1);
    let directory = catalog.directory();
    let goals = directory.goals(&shop);
    let expected: Vec<_> = kinds
        .iter()
        .enumerate()
        .map(|(n, kind)| Goal::new(format!("Goal {n}"), kind).expect("a goal"))
        .collect();
    assert_eq!(&**goals.asked(), expected);
    for (saved, kind) in goals.all().iter().zip(&kinds) {
        assert_eq!((&saved.kind, saved.created_at), (kind, saved.updated_at));
    }
    let currencies: Vec<_> = goals.all().iter().map(|saved| saved.currency).collect();
    assert_eq!(currencies, [Some(euro), None, None]);

    match catalog.add_goal(&shop, &goal("Goal 2", "x")).await {
        Err(CatalogError::NameTaken { site, what, name }) => {
            assert_eq!((site, what, name.as_str()), (shop.clone(), "goal", "Goal 2"));
        }
        other => panic!("expected NameTaken, got {other:?}"),
    }
    match catalog.replace_goal(&shop, 1, &goal("Goal 2", "x")).await {
        Err(CatalogError::NameTaken { name, .. }) => assert_eq!(name, "Goal 2"),
        other => panic!("expected NameTaken, got {other:?}"),
    }
    assert_eq!(catalog.directory().goals(&shop).all(), goals.all(), "what is refused changes nothing");

    tokio::time::sleep(Duration::from_millis(2)).await;
    let before = goals.get(1).expect("there");
    // Its own name is no other goal's.
    assert!(catalog.replace_goal(&shop, 1, &goal("Goal 0", "sign up")).await.expect("replaced"));
    let after = catalog.directory().goals(&shop).get(1).expect("there").clone();
    assert_eq!((&after.kind, after.currency), (&GoalKind::Event("sign up".to_owned()), None));
    assert_eq!(after.goal, Goal::new("Goal 0", &after.kind).expect("a goal"));
    assert!(after.created_at == before.created_at && after.updated_at > before.updated_at);
    assert!(!catalog.replace_goal(&shop, 9, &goal("New", "x")).await.expect("asked"), "there is none");
    assert!(!catalog.replace_goal(&blog, 2, &goal("New", "x")).await.expect("asked"), "it is another site's");

    assert!(!catalog.remove_goal(&blog, 2).await.expect("asked"), "it is another site's");
    assert!(catalog.remove_goal(&shop, 2).await.expect("removed"));
    assert!(!catalog.remove_goal(&shop, 2).await.expect("asked"), "there was none any more");
    let ids: Vec<_> = catalog.directory().goals(&shop).all().iter().map(|saved| saved.id).collect();
    assert_eq!(ids, [1, 3]);
    catalog.add_goal(&shop, &goal("Goal 1", "x")).await.expect("its name is free");
    unknown_site(catalog.add_goal(&site_id("nowhere"), &goal("x", "x")).await);

    assert!(catalog.remove_site(&shop).await.expect("removed"));
    catalog.add_site(&plain("shop")).await.expect("added again");
    assert!(catalog.directory().goals(&shop).asked().is_empty(), "they do not come back");
    assert_eq!(catalog.directory().goals(&blog).all().len(), 1);
}

/// A segment is in the snapshot, to the byte, when `add_segment` returns; its number stays when it is replaced.
pub async fn segments_are_added_replaced_and_removed(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let (blog, shop) = (site_id("blog"), site_id("shop"));
    let filters = r#" [["is","visit:country",["DE","Ä \u0000 ' \\"]]]"#;
    assert_eq!(catalog.add_segment(&shop, &segment("Mine", filters)).await.expect("added"), 1);
    assert_eq!(catalog.add_segment(&shop, &segment("mine", "[1]")).await.expect("another case"), 2);
    assert_eq!(catalog.add_segment(&blog, &segment("Mine", "[2]")).await.expect("a name is a site's"), 1);
    let before = catalog.directory().segments(&shop).get(1).expect("there").clone();
    assert_eq!((before.name.as_str(), before.filters.as_str()), ("Mine", filters));
    assert_eq!(before.created_at, before.updated_at);

    for refused in [
        catalog.add_segment(&shop, &segment("mine", "[1]")).await.map(drop),
        catalog.replace_segment(&shop, 1, &segment("mine", "[1]")).await.map(drop),
    ] {
        match refused {
            Err(CatalogError::NameTaken { what, name, .. }) => {
                assert_eq!((what, name.as_str()), ("segment", "mine"))
            }
            other => panic!("expected NameTaken, got {other:?}"),
        }
    }
    assert_eq!(catalog.directory().segments(&shop).get(1), Some(&before), "what is refused changes nothing");

    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(catalog.replace_segment(&shop, 1, &segment("Mine", "[3]")).await.expect("replaced"));
    let after = catalog.directory().segments(&shop).get(1).expect("there").clone();
    assert_eq!((after.name.as_str(), after.filters.as_str()), ("Mine", "[3]"));
    assert!(after.created_at == before.created_at && after.updated_at > before.updated_at);
    assert!(!catalog.replace_segment(&blog, 2, &segment("New", "[1]")).await.expect("asked"));

    assert!(!catalog.remove_segment(&blog, 2).await.expect("asked"), "it is another site's");
    assert!(catalog.remove_segment(&shop, 1).await.expect("removed"));
    assert!(!catalog.remove_segment(&shop, 1).await.expect("asked"), "there was none any more");
    let ids: Vec<_> = catalog.directory().segments(&shop).all().iter().map(|saved| saved.id).collect();
    assert_eq!(ids, [2]);
    unknown_site(catalog.add_segment(&site_id("nowhere"), &segment("x", "[1]")).await);

    assert!(catalog.remove_site(&shop).await.expect("removed"));
    catalog.add_site(&plain("shop")).await.expect("added again");
    assert!(catalog.directory().segments(&shop).all().is_empty(), "they do not come back");
    assert_eq!(catalog.directory().segments(&blog).all().len(), 1);
}

/// A site has a bounded number of each; those that are there may still be replaced.
pub async fn goals_and_segments_are_bounded(catalog: &dyn Catalog) {
    catalog.add_site(&plain("shop")).await.expect("added");
    let shop = site_id("shop");
    for n in 0..Goal::MOST {
        catalog.add_goal(&shop, &goal(&format!("goal {n}"), "x")).await.expect("added");
    }
    for n in 0..SavedSegment::MOST {
        catalog.add_segment(&shop, &segment(&format!("segment {n}"), "[1]")).await.expect("added");
    }
    for (refused, expected) in [
        (catalog.add_goal(&shop, &goal("one more", "x")).await, ("goal", Goal::MOST)),
        (catalog.add_segment(&shop, &segment("one more", "[1]")).await, ("segment", SavedSegment::MOST)),
    ] {
        match refused {
            Err(CatalogError::TooMany { site, what, most }) => {
                assert_eq!((site, (what, most)), (shop.clone(), expected));
            }
            other => panic!("expected TooMany, got {other:?}"),
        }
    }
    assert!(catalog.replace_goal(&shop, 7, &goal("another", "y")).await.expect("replaced"));
    assert!(catalog.replace_segment(&shop, 7, &segment("another", "[2]")).await.expect("replaced"));
    assert_eq!(catalog.directory().goals(&shop).all().len(), Goal::MOST);
    assert_eq!(catalog.directory().segments(&shop).all().len(), SavedSegment::MOST);
}

/// A removed goal's or segment's number leads to no other one, and many who add at once get different ones.
pub async fn numbers_are_never_given_twice(catalog: &dyn Catalog) {
    catalog.add_site(&plain("shop")).await.expect("added");
    let shop = site_id("shop");
    let mut goals = HashSet::new();
    let mut segments = HashSet::new();
    for n in 0..3 {
        let id = catalog.add_goal(&shop, &goal("again", "x")).await.expect("added");
        assert!(goals.insert(id) && id == n + 1);
        assert!(catalog.remove_goal(&shop, id).await.expect("removed"));
        let id = catalog.add_segment(&shop, &segment("again", "[1]")).await.expect("added");
        assert!(segments.insert(id) && id == n + 1);
        assert!(catalog.remove_segment(&shop, id).await.expect("removed"));
    }
    let new: Vec<_> = (0..20).map(|n| goal(&format!("goal {n}"), "x")).collect();
    let adding = new.iter().map(|new| catalog.add_goal(&shop, new));
    goals.extend(futures::future::join_all(adding).await.into_iter().map(|id| id.expect("added")));
    let new: Vec<_> = (0..20).map(|n| segment(&format!("segment {n}"), "[1]")).collect();
    let adding = new.iter().map(|new| catalog.add_segment(&shop, new));
    segments.extend(futures::future::join_all(adding).await.into_iter().map(|id| id.expect("added")));
    assert_eq!((goals.len(), segments.len()), (23, 23));
}

/// Of [`super::processes_see_each_others_changes`].
pub(super) async fn processes_see_each_others(one: &dyn Catalog, two: &dyn Catalog, site: &SiteId) {
    one.add_goal(site, &goal("Purchase", "purchase")).await.expect("added");
    within_two_seconds("the goal", || two.directory().goals(site).asked().len() == 1).await;
    assert!(two.replace_goal(site, 1, &goal("Sale", "purchase")).await.expect("replaced"));
    within_two_seconds("its new name", || one.directory().goals(site).asked()[0].name == "Sale").await;
    assert!(one.remove_goal(site, 1).await.expect("removed"));
    within_two_seconds("its end", || two.directory().goals(site).all().is_empty()).await;

    two.add_segment(site, &segment("Mine", "[1]")).await.expect("added");
    within_two_seconds("the segment", || one.directory().segments(site).get(1).is_some()).await;
    assert!(one.remove_segment(site, 1).await.expect("removed"));
    within_two_seconds("its end", || two.directory().segments(site).all().is_empty()).await;
}

fn goal(name: &str, event: &str) -> NewGoal {
    NewGoal::new(name, GoalKind::Event(event.to_owned()), None).expect("a goal")
}

fn segment(name: &str, filters: &str) -> NewSegment {
    NewSegment::new(name, filters).expect("a segment")
}

fn unknown_site(answer: Result<u32, CatalogError>) {
    match answer {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }
}
