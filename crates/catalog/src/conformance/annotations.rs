//! The suite's part about annotations.

use std::collections::HashSet;

use millrace_event::{SiteId, Timestamp};

use super::{plain, site_id, within_two_seconds};
use crate::{Catalog, CatalogError, NewAnnotation, SavedAnnotation};

/// An annotation is in the snapshot, by its instant, when `add_annotation` returns; its number stays when it is
/// replaced, and is given to no other one.
pub async fn annotations_are_added_replaced_and_removed(catalog: &dyn Catalog) {
    catalog.add_site(&plain("blog")).await.expect("added");
    catalog.add_site(&plain("shop")).await.expect("added");
    let (blog, shop) = (site_id("blog"), site_id("shop"));
    let text = r#"Ä "release" ' \ 🚀"#;
    let late = 1_795_168_800_123;
    assert_eq!(catalog.add_annotation(&shop, &annotation(late, text)).await.expect("added"), 1);
    assert_eq!(catalog.add_annotation(&shop, &annotation(-5, "early")).await.expect("added"), 2);
    assert_eq!(catalog.add_annotation(&shop, &annotation(late, text)).await.expect("a text may repeat"), 3);
    assert_eq!(catalog.add_annotation(&blog, &annotation(7, "x")).await.expect("another site's"), 1);
    let directory = catalog.directory();
    let shown = |site| {
        let all = directory.annotations(site).all().iter();
        all.map(|one| (one.id, one.at.as_millis(), one.text.clone())).collect::<Vec<_>>()
    };
    let long = |id| (id, late, text.to_owned());
    assert_eq!(shown(&shop), [(2, -5, "early".to_owned()), long(1), long(3)]);
    assert_eq!(shown(&blog), [(1, 7, "x".to_owned())]);

    let before = directory.annotations(&shop).get(1).expect("there").clone();
    assert!((Timestamp::now().as_millis() - before.created_at.as_millis()).abs() < 60_000);
    assert!(catalog.replace_annotation(&shop, 1, &annotation(-9, "moved")).await.expect("replaced"));
    let after = SavedAnnotation { at: Timestamp::from_millis(-9), text: "moved".to_owned(), ..before };
    assert_eq!(catalog.directory().annotations(&shop).all().first(), Some(&after), "by its new instant");
    assert!(!catalog.replace_annotation(&blog, 2, &annotation(1, "x")).await.expect("asked"));

    assert!(!catalog.remove_annotation(&blog, 2).await.expect("asked"), "it is another site's");
    assert!(catalog.remove_annotation(&shop, 3).await.expect("removed"));
    assert!(!catalog.remove_annotation(&shop, 3).await.expect("asked"), "there was none any more");
    assert_eq!(catalog.add_annotation(&shop, &annotation(1, "x")).await.expect("added"), 4);
    match catalog.add_annotation(&site_id("nowhere"), &annotation(1, "x")).await {
        Err(CatalogError::UnknownSite(id)) => assert_eq!(id.as_str(), "nowhere"),
        other => panic!("expected UnknownSite, got {other:?}"),
    }

    assert!(catalog.remove_site(&shop).await.expect("removed"));
    catalog.add_site(&plain("shop")).await.expect("added again");
    assert!(catalog.directory().annotations(&shop).all().is_empty(), "they do not come back");
    assert_eq!(catalog.directory().annotations(&blog).all().len(), 1);
}

/// A site has a bounded number of them, those who add at once get different numbers, and what is there may still be
/// replaced.
pub async fn annotations_are_bounded(catalog: &dyn Catalog) {
    catalog.add_site(&plain("shop")).await.expect("added");
    let shop = site_id("shop");
    let mut numbers = HashSet::new();
    for first in (0..SavedAnnotation::MOST as i64).step_by(20) {
        let new: Vec<_> = (first..first + 20).map(|n| annotation(n, "x")).collect();
        let adding = new.iter().map(|new| catalog.add_annotation(&shop, new));
        numbers.extend(futures::future::join_all(adding).await.into_iter().map(|id| id.expect("added")));
    }
    assert_eq!(numbers.len(), SavedAnnotation::MOST);
    match catalog.add_annotation(&shop, &annotation(0, "one more")).await {
        Err(CatalogError::TooMany { site, what, most }) => {
            assert_eq!((site, what, most), (shop.clone(), "annotation", SavedAnnotation::MOST));
        }
        other => panic!("expected TooMany, got {other:?}"),
    }
    assert!(catalog.replace_annotation(&shop, 7, &annotation(5, "another")).await.expect("replaced"));
    assert_eq!(catalog.directory().annotations(&shop).all().len(), SavedAnnotation::MOST);
}

/// Of [`super::processes_see_each_others_changes`].
pub(super) async fn processes_see_each_others(one: &dyn Catalog, two: &dyn Catalog, site: &SiteId) {
    one.add_annotation(site, &annotation(5, "Release")).await.expect("added");
    within_two_seconds("the annotation", || two.directory().annotations(site).get(1).is_some()).await;
    assert!(two.remove_annotation(site, 1).await.expect("removed"));
    within_two_seconds("its end", || one.directory().annotations(site).all().is_empty()).await;
}

fn annotation(at: i64, text: &str) -> NewAnnotation {
    NewAnnotation::new(Timestamp::from_millis(at), text).expect("an annotation")
}
