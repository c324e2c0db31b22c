//! A server without sockets.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytestring::ByteString;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use millrace_api::cache::{self, Answers};
use millrace_api::pipeline::{DeadLetters, Pipeline, PipelineStatus, Reject};
use millrace_api::{Api, Limits, NotReady, Readiness, docs, unknown_route, web, wrong_method};
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind;
use millrace_catalog::memory::{fixed, site};
use millrace_event::{Event, EventId, SessionId, SiteId, Timestamp, VisitorId};
use millrace_store::discards::Requeue;
use millrace_store::memory::MemoryStore;
use millrace_store::{EventBatch, EventStore};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The instant of asking, unless a test has its own.
pub(crate) const NOW: &str = "2025-11-14T10:07:33.500Z";

/// What a test starts from; change the fields that matter.
pub(crate) struct Setup {
    pub(crate) sites: Vec<Site>,
    pub(crate) keys: Vec<(&'static str, &'static str, KeyKind)>,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) requeue: Arc<dyn Requeue>,
    pub(crate) readiness: Arc<dyn Readiness>,
    pub(crate) pipeline: Arc<dyn Pipeline>,
    pub(crate) cache: Answers,
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) stopping: CancellationToken,
    pub(crate) limits: Limits,
}

impl Setup {
    /// One public site, `demo`, with these events.
    pub(crate) async fn demo(events: Vec<Event>) -> Self {
        let store = MemoryStore::default();
        store.insert(&EventBatch { events, ..EventBatch::default() }).await.unwrap();
        Self {
            sites: vec![site("demo")],
            keys: Vec::new(),
            store: Arc::new(store),
            requeue: Arc::new(Requeued::default()),
            readiness: Arc::new(Checked(Ok(()))),
            pipeline: Arc::new(Piped::default()),
            cache: cache::none(),
            clock: || at(NOW),
            stopping: CancellationToken::new(),
            limits: Limits::default(),
        }
    }

    /// The API's own routes.
    pub(crate) fn api(self) -> utoipa_axum::router::OpenApiRouter {
        millrace_api::router(Api {
            catalog: Arc::new(fixed(self.sites, self.keys)),
            store: self.store,
            requeue: self.requeue,
            readiness: self.readiness,
            pipeline: self.pipeline,
            prometheus: Box::new(|| "# TYPE millrace_up gauge\nmillrace_up 1\n".to_owned()),
            cache: self.cache,
            clock: self.clock,
            stopping: self.stopping,
            limits: self.limits,
        })
    }

    /// Everything, as the server puts it together.
    pub(crate) fn app(self) -> App {
        let router = docs::router(self.api()).merge(web::router(web::embedded()));
        App(router.fallback(unknown_route).method_not_allowed_fallback(wrong_method))
    }
}

/// The server.
pub(crate) struct App(Router);

/// What it answers.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl App {
    /// What it is, for whoever serves it.
    pub(crate) fn into_router(self) -> Router {
        self.0
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &[u8])]) -> Answer {
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// With this key, if it is one, and this body.
    pub(crate) async fn ask(&self, method: &str, path: &str, key: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !key.is_empty() {
            request = request.header("x-api-key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// An answer the body of which is not read yet.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response {
        self.0.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The JSON of a report.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, code and field of an error in the envelope.
    pub(crate) fn error(&self) -> (u16, String, Option<String>) {
        let body = self.json();
        let text = |name: &str| body["error"][name].as_str().map(str::to_owned);
        assert_eq!(body.as_object().unwrap().len(), 1);
        assert_eq!(body["error"].as_object().unwrap().len(), 3);
        assert!(!text("message").unwrap().is_empty());
        (self.status.as_u16(), text("code").unwrap(), text("field"))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }
}

/// A queue that keeps what it is given back, or says why it takes nothing.
#[derive(Default)]
pub(crate) struct Requeued {
    pub(crate) records: parking_lot::Mutex<Vec<bytes::Bytes>>,
    pub(crate) error: Option<&'static str>,
}

#[async_trait::async_trait]
impl Requeue for Requeued {
    async fn append(&self, records: Vec<bytes::Bytes>) -> Result<(), String> {
        match self.error {
            Some(error) => Err(error.to_owned()),
            None => {
                self.records.lock().extend(records);
                Ok(())
            }
        }
    }
}

/// A pipeline that is known beforehand; without letters or rejects it says that it has none to read.
#[derive(Default)]
pub(crate) struct Piped {
    pub(crate) status: PipelineStatus,
    pub(crate) letters: Option<DeadLetters>,
    pub(crate) rejects: Option<Vec<Reject>>,
}

#[async_trait::async_trait]
impl Pipeline for Piped {
    fn status(&self) -> PipelineStatus {
        self.status.clone()
    }

    async fn dead_letters(&self) -> Result<DeadLetters, String> {
        self.letters.clone().ok_or_else(|| "the queue is out of reach".to_owned())
    }

    async fn rejects(&self, site: &SiteId, limit: usize) -> Result<Option<Vec<Reject>>, String> {
        assert_eq!(site.as_str(), "demo");
        Ok(self.rejects.as_ref().map(|all| all.iter().take(limit).cloned().collect()))
    }
}

/// A readiness that is known beforehand.
pub(crate) struct Checked(pub(crate) Result<(), Vec<NotReady>>);

#[async_trait::async_trait]
impl Readiness for Checked {
    async fn check(&self) -> Result<(), Vec<NotReady>> {
        self.0.clone()
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A page view of `/` on `demo` by visitor 1, at an RFC 3339 instant.
pub(crate) fn view(instant: &str) -> Event {
    let id = EventId::Client(ByteString::from(format!("id-{instant}")));
    Event {
        visitor: VisitorId(1),
        session: SessionId(0xab),
        path: Some(ByteString::from_static("/")),
        ..Event::new(SiteId::new("demo").unwrap(), id, "pageview", at(instant))
    }
}

/// A view of a path by a visitor.
pub(crate) fn view_of(path: &str, visitor: u64, instant: &str) -> Event {
    Event { path: Some(path.into()), visitor: VisitorId(visitor), ..view(instant) }
}

/// An event of another name, without a path.
pub(crate) fn named(name: &str, instant: &str) -> Event {
    Event { name: name.into(), path: None, ..view(instant) }
}
