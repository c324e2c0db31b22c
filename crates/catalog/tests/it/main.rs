//! The backends against the conformance suite, and what is particular to each.

mod postgres;
mod sqlite;

use millrace_catalog::conformance;
use millrace_catalog::memory::MemoryCatalog;

/// Each function of the suite that takes one catalog, as a test with an empty one from `$new`.
macro_rules! conforms {
    ($new:expr; $($function:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $function() {
                let (catalog, _keep) = $new.await;
                conformance::$function(&catalog).await;
            }
        )+
    };
    ($new:expr) => {
        conforms!($new;
            sites_are_kept_as_added,
            a_site_is_added_once,
            settings_are_replaced,
            sites_are_changed,
            schemas_are_declared_and_replaced,
            schemas_are_bounded,
            goals_are_added_replaced_and_removed,
            segments_are_added_replaced_and_removed,
            goals_and_segments_are_bounded,
            numbers_are_never_given_twice,
            annotations_are_added_replaced_and_removed,
            annotations_are_bounded,
            a_removed_site_takes_its_keys,
            keys_open_their_site,
            keys_are_listed,
            a_revoked_key_opens_nothing,
            a_day_has_one_salt,
            salts_are_deleted,
        );
    };
}
use conforms;

mod memory {
    use super::*;

    conforms!(async { (MemoryCatalog::default(), ()) });
}
