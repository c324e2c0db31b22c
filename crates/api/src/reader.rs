//! Asks the store on behalf of one request: about one site, at one instant, under one deadline.

use std::future::Future;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use futures::StreamExt;
use http::request::Parts;
use millrace_catalog::Site;
use millrace_event::{Event, Timestamp};
use millrace_query::{
    CheckedQuery, Context, Dimension, DimensionValue, Filter, Fold, Metric, Period, Query, Range, Row, Walk,
};
use millrace_store::StoreError;
use millrace_store::lists::EventReader;
use millrace_store::observed::{Observation, ObservedSchema};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use crate::access::readable_site;
use crate::cache::answers::Answer;
use crate::cache::question::Question;
use crate::error::Failure;
use crate::parameters::SiteId;
use crate::{Api, Shared};

/// What a handler asks. That a handler has one proves that its caller may read the site.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    site: Arc<Site>,
    now: Timestamp,
    deadline: Instant,
}

/// A value of a dimension and its number of events.
pub(crate) struct Ranked {
    /// The value.
    pub(crate) value: String,
    /// Its events.
    pub(crate) count: u64,
}

impl Reader {
    /// For a caller who has shown that they may read the site.
    pub(crate) fn of(shared: &Arc<Shared>, site: Arc<Site>) -> Self {
        Self {
            site,
            now: (shared.api.clock)(),
            deadline: Instant::now() + shared.api.limits.query_timeout,
            shared: Arc::clone(shared),
        }
    }

    /// The site.
    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    /// The instant of asking.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Reads the site's events one by one.
    pub(crate) fn lists(&self) -> &dyn EventReader {
        self.shared.api.store.reader()
    }

    /// The beginning of a question about the site, for [`Self::answer`].
    pub(crate) fn question(&self, report: &str) -> Question {
        Question::about(report, &self.site)
    }

    /// The kept answer to `question`, which must name all that `compute` depends on; else what that answers.
    pub(crate) async fn answer<T: Serialize>(
        &self,
        question: Question,
        compute: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Answer, Failure> {
        // It is moved through the cache's own futures, each as large as what it holds.
        let body = Box::pin(async {
            let body = serde_json::value::to_raw_value(&compute.await?);
            Ok(body.map_err(|error| StoreError::Failed(format!("an answer that is no JSON: {error}")))?)
        });
        let Api { cache, clock, .. } = &self.shared.api;
        cache.get(question.key(), *clock, self.deadline, body).await
    }

    /// The last `millis`, up to and including this instant.
    pub(crate) fn last(&self, millis: i64) -> Range {
        Range::Between(self.now.plus_millis(1 - millis), self.now.plus_millis(1))
    }

    /// `metrics` over all events of `range`.
    pub(crate) async fn totals(&self, range: Range, metrics: &[Metric]) -> Result<Row, Failure> {
        let query = self.check(range, metrics.to_vec(), Vec::new(), Filter::all(), 1)?;
        let rows = self.run(&query).await?;
        let none = Row {
            dimensions: Vec::new(),
            metrics: Vec::new(),
            visitors: None,
            currency: None,
            mixed_currencies: false,
        };
        Ok(rows.into_iter().next().unwrap_or(none))
    }

    /// The values of `dimension` with the most events, ties by value.
    pub(crate) async fn top(
        &self,
        range: Range,
        dimension: Dimension,
        filter: Filter,
        limit: usize,
    ) -> Result<Vec<Ranked>, Failure> {
        let query = self.check(range, vec![Metric::Events], vec![dimension], filter, limit)?;
        let rows = self.run(&query).await?;
        let ranked = rows.into_iter().filter_map(|row| {
            let count = row.count(0);
            match row.dimensions.into_iter().next()? {
                DimensionValue::Text(value) => Some(Ranked { value, count }),
                DimensionValue::Bucket(_) => None,
            }
        });
        Ok(ranked.collect())
    }

    /// The latest events, newest first.
    pub(crate) async fn recent(&self, limit: usize) -> Result<Vec<Event>, Failure> {
        self.within_deadline(self.shared.api.store.recent(&self.site.id, limit)).await
    }

    /// What the events of a period look like.
    pub(crate) async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, Failure> {
        // Its own turn first: who waits for that must not hold a turn of all reports.
        let turn = timeout_at(self.deadline, self.shared.observations.acquire()).await;
        let _turn = turn.map_err(|_| Failure::QueryTimeout)?;
        self.within_deadline(self.shared.api.store.observe(observation)).await
    }

    /// The instants of a range at this moment.
    pub(crate) fn period(&self, range: Range) -> Result<Period, Failure> {
        Ok(*self.check(range, vec![Metric::Events], Vec::new(), Filter::all(), 1)?.period())
    }

    /// A query that the store can answer.
    pub(crate) fn check(
        &self,
        range: Range,
        metrics: Vec<Metric>,
        dimensions: Vec<Dimension>,
        filter: Filter,
        limit: usize,
    ) -> Result<CheckedQuery, Failure> {
        let site = self.site.id.clone();
        let query = Query { site, range, metrics, dimensions, filter, order: Vec::new(), limit, offset: 0 };
        Ok(query.check(Context { now: self.now, zone: &self.site.timezone, goals: &[] })?)
    }

    /// The rows of its answer.
    pub(crate) async fn run(&self, query: &CheckedQuery) -> Result<Vec<Row>, Failure> {
        Ok(self.within_deadline(self.shared.api.store.query(query)).await?.rows)
    }

    /// The first event of the site, where it has any.
    pub(crate) async fn first(&self) -> Result<Option<Timestamp>, Failure> {
        let span = self.within_deadline(self.shared.api.store.reader().span(&self.site.id)).await?;
        Ok(span.map(|(first, _)| first))
    }

    /// What `fold` makes of the events of `walk`. Others have their turn between two pieces.
    pub(crate) async fn fold<F: Fold>(&self, walk: &Walk, mut fold: F) -> Result<F::Answer, Failure> {
        let folded = async {
            let mut pieces = self.shared.api.store.reader().walk(walk).await?;
            while let Some(piece) = pieces.next().await {
                fold.steps(&piece?);
                tokio::task::yield_now().await;
            }
            Ok(fold.finish())
        };
        self.within_deadline(folded).await
    }

    /// What the store answers, asked in turn and before the deadline.
    pub(crate) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Failure> {
        within_deadline(&self.shared, self.deadline, work).await
    }
}

/// What the store answers, asked in turn.
pub(crate) async fn within_deadline<T>(
    shared: &Shared,
    deadline: Instant,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    let in_turn = async {
        // Closed only when the server is gone, and then there is nobody to wait for either.
        let _permit = shared.queries.acquire().await;
        work.await
    };
    let answer = timeout_at(deadline, in_turn).await.map_err(|_| Failure::QueryTimeout)?;
    Ok(answer?)
}

impl FromRequestParts<Arc<Shared>> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let SiteId(site_id) = SiteId::from_request_parts(parts, shared).await?;
        let directory = shared.api.catalog.directory();
        let site = readable_site(&directory, site_id.as_deref(), &parts.headers)?;
        Ok(Self::of(shared, site))
    }
}
