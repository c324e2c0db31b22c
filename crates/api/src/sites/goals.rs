//! `/api/v1/sites/{id}/goals`: what the site wants its visitors to do.

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::{InvalidField, NewGoal, SavedGoal};
use millrace_event::Currency;
use millrace_query::GoalKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::saved::{fields, invalid, number, refusal, refused};
use super::{Administrator, Viewer};
use crate::error::{ErrorBody, Failure};
use crate::openapi::SITES;

const INVALID: &str = "goal_invalid";
const TOO_MANY: &str = "too_many_goals";

/// A site's goals
///
/// Whoever may read the site's reports may read them.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/goals", operation_id = "list_goals", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The goals, by id.", body = GoalList), Failure),
)]
pub(crate) async fn list(viewer: Viewer) -> Json<GoalList> {
    let directory = viewer.shared.api.catalog.directory();
    Json(GoalList { goals: directory.goals(&viewer.site.id).all().iter().map(Saved::from).collect() })
}

/// Adds a goal
///
/// It counts for events that are stored already, too. A site has 60 at most.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/goals", operation_id = "add_goal", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses(
        (status = 201, description = "The goal.", body = Saved),
        (status = 409, description = "Another goal has the name.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn add(
    administrator: Administrator,
    body: Body,
) -> Result<(StatusCode, Json<Saved>), Failure> {
    let goal = read(&administrator.text(body).await?)?;
    let added = administrator.catalog().add_goal(&administrator.site.id, &goal).await;
    let id = added.map_err(|error| refusal(error, TOO_MANY))?;
    Ok((StatusCode::CREATED, current(&administrator, id)?))
}

/// Replaces a goal
///
/// It keeps its id.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/goals/{goal}", operation_id = "replace_goal", tag = SITES,
    params(("id" = String, Path, description = "The site."), ("goal" = u32, Path, description = "The goal's id.")),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The goal as it is now.", body = Saved),
        (status = 409, description = "Another goal has the name.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn replace(
    administrator: Administrator,
    GoalId(id): GoalId,
    body: Body,
) -> Result<Json<Saved>, Failure> {
    let goal = read(&administrator.text(body).await?)?;
    let replaced = administrator.catalog().replace_goal(&administrator.site.id, id, &goal).await;
    if !replaced.map_err(|error| refusal(error, TOO_MANY))? {
        return Err(unknown());
    }
    current(&administrator, id)
}

/// Removes a goal
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}/goals/{goal}", operation_id = "remove_goal", tag = SITES,
    params(("id" = String, Path, description = "The site."), ("goal" = u32, Path, description = "The goal's id.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 204, description = "The goal is gone."), Failure),
)]
pub(crate) async fn remove(administrator: Administrator, GoalId(id): GoalId) -> Result<StatusCode, Failure> {
    let removed = administrator.catalog().remove_goal(&administrator.site.id, id).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// The `goal` of the path. Whoever takes it has taken the site, and with it the key, before.
pub(crate) struct GoalId(u32);

impl<S: Sync> FromRequestParts<S> for GoalId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        number(parts, "goal").await.map(Self).ok_or_else(unknown)
    }
}

fn unknown() -> Failure {
    Failure::Body {
        status: StatusCode::NOT_FOUND,
        code: "goal_unknown",
        field: Some("goal"),
        message: "the site has no goal of this id".to_owned(),
    }
}

/// The goal as it is kept now; somebody else may have removed it again meanwhile.
fn current(administrator: &Administrator, id: u32) -> Result<Json<Saved>, Failure> {
    let directory = administrator.catalog().directory();
    let saved = directory.goals(&administrator.site.id).get(id).ok_or_else(unknown)?;
    Ok(Json(saved.into()))
}

fn read(body: &str) -> Result<NewGoal, Failure> {
    let shape = "{\"name\": \"Purchase\", \"kind\": \"event\", \"event\": \"purchase\"}";
    let Described { name, kind, event, page, percent, currency } = fields(body, INVALID, shape)?;
    let wrong = |field, problem: &str| refused(INVALID, Some(field), format!("{field}: {problem}"));
    let kind = match (kind.as_str(), event, page, percent) {
        ("event", Some(event), None, None) => GoalKind::Event(event),
        ("page", None, Some(page), None) => GoalKind::Page(page),
        ("scroll", None, Some(page), Some(percent)) => {
            let problem = || format!("{percent} is no percentage of a page's height: write 1 to 100");
            let percent = u8::try_from(percent);
            GoalKind::Scroll(page, percent.map_err(|_| wrong("percent", &problem()))?)
        }
        ("event", None, ..) => return Err(wrong("event", "it is missing: it names the event that counts")),
        ("page" | "scroll", _, None, _) => {
            return Err(wrong("page", "it is missing: it names the pages that count, such as '/blog/**'"));
        }
        ("scroll", _, _, None) => {
            return Err(wrong("percent", "it is missing: it says how far down the page, 1 to 100"));
        }
        ("event", _, Some(_), _) => {
            return Err(wrong("page", "a goal of kind 'event' has none: leave it out"));
        }
        ("event" | "page", _, _, Some(_)) => {
            return Err(wrong("percent", "only a goal of kind 'scroll' has one: leave it out"));
        }
        ("page" | "scroll", Some(_), ..) => {
            return Err(wrong("event", "only a goal of kind 'event' has one: leave it out"));
        }
        _ => return Err(wrong("kind", &format!("'{kind}' is no kind of goal: write event, page or scroll"))),
    };
    let currency = currency.map(|code| {
        code.parse::<Currency>().map_err(|error| InvalidField {
            field: "currency",
            problem: format!("'{code}' is none: {error}"),
        })
    });
    let currency = currency.transpose().map_err(|error| invalid(INVALID, error))?;
    NewGoal::new(&name, kind, currency).map_err(|error| invalid(INVALID, error))
}

/// A goal to add, or in place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GoalDescription)]
pub(crate) struct Described {
    /// The name it is shown by, which no other goal of the site has: 1 to 120 characters.
    #[schema(example = "Purchase")]
    name: String,
    /// What reaches it: `event` (an event of this name), `page` (a view of such a page) or `scroll` (a page seen to a
    /// percentage of its height).
    #[schema(example = "event")]
    kind: String,
    /// The event's name. Of kind `event`.
    #[schema(example = "purchase")]
    event: Option<String>,
    /// The page's path; `*` stands for anything but a slash, `**` for anything. Of kinds `page` and `scroll`.
    #[schema(example = json!(null))]
    page: Option<String>,
    /// The percentage, 1 to 100. Of kind `scroll`.
    #[schema(example = json!(null))]
    percent: Option<u32>,
    /// ISO 4217: the goal is worth the revenue of its events.
    #[schema(example = "EUR")]
    currency: Option<String>,
}

/// A site's goals.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoalList {
    /// By id.
    goals: Vec<Saved>,
}

/// A goal.
#[derive(Serialize, ToSchema)]
#[schema(as = Goal)]
pub(crate) struct Saved {
    /// Stays when the goal is replaced, and is never another goal's.
    #[schema(example = 1)]
    id: u32,
    /// The name it is shown by.
    #[schema(example = "Purchase")]
    name: String,
    /// `event`, `page` or `scroll`.
    #[schema(example = "event")]
    kind: &'static str,
    /// The event's name, as events are kept under it. Of kind `event`.
    #[schema(required = true, example = "purchase")]
    event: Option<String>,
    /// The page's path. Of kinds `page` and `scroll`.
    #[schema(required = true, example = json!(null))]
    page: Option<String>,
    /// The percentage. Of kind `scroll`.
    #[schema(required = true, example = json!(null))]
    percent: Option<u8>,
    /// The currency of what it is worth.
    #[schema(required = true, example = "EUR")]
    currency: Option<String>,
    /// When it was added, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last replaced, UTC.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&SavedGoal> for Saved {
    fn from(saved: &SavedGoal) -> Self {
        let (kind, event, page, percent) = match &saved.kind {
            GoalKind::Event(event) => ("event", Some(event.clone()), None, None),
            GoalKind::Page(page) => ("page", None, Some(page.clone()), None),
            GoalKind::Scroll(page, percent) => ("scroll", None, Some(page.clone()), Some(*percent)),
        };
        Self {
            id: saved.id,
            name: saved.goal.name.clone(),
            kind,
            event,
            page,
            percent,
            currency: saved.currency.map(|currency| currency.as_str().to_owned()),
            created_at: saved.created_at.to_string(),
            updated_at: saved.updated_at.to_string(),
        }
    }
}
