//! Persons in the place of visitors, in what a scan reads.
//!
//! A site without links costs nothing, and neither does a query that does not ask for visitors.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt64Array};
use datafusion::arrow::datatypes::UInt64Type;
use millrace_event::VisitorId;
use millrace_store::StoreError;

use crate::columns::{self, SITE, VISITOR};
use crate::lake::Lake;
use crate::links::{LinksNow, LinksOfSite};

/// What a scan does with the column of visitors.
#[derive(Clone, Debug)]
pub(crate) enum People {
    /// Nothing: it is not read, or nobody is linked.
    AsTheyCame,
    /// Of one site's rows; its other rows are no part of the answer.
    OfSite(LinksOfSite),
    /// Of any site's.
    OfAny(LinksNow),
}

impl People {
    /// For a scan of `projection` that asks for one `site`, or for all. Answers also which columns have to be read:
    /// more than are asked for, where rows of any site have to be told apart.
    pub(crate) fn new(links: &LinksNow, site: Option<&str>, projection: &[usize]) -> (Self, Vec<usize>) {
        let mut read = projection.to_vec();
        let place = |name| columns::schema().index_of(name).unwrap_or_default();
        if links.is_empty() || !projection.contains(&place(VISITOR)) {
            return (Self::AsTheyCame, read);
        }
        let people = match site {
            Some(site) => links.of(site).map_or(Self::AsTheyCame, Self::OfSite),
            None => {
                if !read.contains(&place(SITE)) {
                    read.push(place(SITE));
                }
                Self::OfAny(links.clone())
            }
        };
        (people, read)
    }

    /// Changes a batch of the columns that are read into the first `columns` of them.
    pub(crate) fn put_in(&self, batch: RecordBatch, columns: usize) -> RecordBatch {
        let mut visitors = match self {
            Self::AsTheyCame => return batch,
            _ => batch[VISITOR].as_primitive::<UInt64Type>().values().to_vec(),
        };
        let replaced = match self {
            Self::AsTheyCame => false,
            Self::OfSite(links) => links.replace(&mut visitors),
            Self::OfAny(links) => of_any(links, &batch, &mut visitors),
        };
        if !replaced && columns == batch.num_columns() {
            return batch;
        }
        let visitors: ArrayRef = Arc::new(UInt64Array::from(visitors));
        let schema = batch.schema();
        let of_column = |(at, column): (usize, &ArrayRef)| match schema.field(at).name() == VISITOR {
            true => visitors.clone(),
            false => column.clone(),
        };
        let arrays = batch.columns().iter().enumerate().take(columns).map(of_column).collect();
        let projected = schema.project(&(0..columns).collect::<Vec<_>>()).expect("its first columns");
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::new(projected), arrays, &options)
            .expect("columns of the same types")
    }
}

/// Site by site: rows of one lie together.
fn of_any(links: &LinksNow, batch: &RecordBatch, visitors: &mut [u64]) -> bool {
    let sites = batch[SITE].as_string_view();
    let mut replaced = false;
    let mut start = 0;
    while start < sites.len() {
        let site = sites.value(start);
        let end = (start..sites.len()).find(|row| sites.value(*row) != site).unwrap_or(sites.len());
        if let Some(of_site) = links.of(site) {
            replaced |= of_site.replace(&mut visitors[start..end]);
        }
        start = end;
    }
    replaced
}

/// The links of the latest `limit`, for the worker.
pub(crate) async fn latest(lake: &Lake, limit: usize) -> Result<Vec<millrace_store::Link>, StoreError> {
    // What is sealed meanwhile is in one of both, or in both.
    let unsealed = lake.state.unsealed_links();
    let mut links = lake.manifest.latest_links(limit).await?;
    let known: std::collections::HashSet<(_, VisitorId)> =
        links.iter().map(|link| (link.site.clone(), link.from)).collect();
    links.extend(unsealed.into_iter().filter(|link| !known.contains(&(link.site.clone(), link.from))));
    links.sort_by_key(|link| link.at);
    links.drain(..links.len().saturating_sub(limit));
    Ok(links)
}
