//! The connection: one server or a cluster, and what its errors mean.
//!
//! A connection to one server is given up at the first answer that does not come in time, as well as when it breaks: a
//! network that is cut says nothing, and the client's own reconnecting connection would use it for as long as the
//! kernel tries. Also where the server turns out to be a replica: after a failover the name leads somewhere else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::QueueError;

/// How long an answer may take. A server that syncs each write to a slow disk takes its time; what is over this is
/// answered 503.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// After a connection could not be made, nobody tries again for this long.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the queue is, taken apart.
#[derive(Clone)]
pub(crate) struct Address {
    /// One for a server, several for the nodes of a cluster.
    urls: Vec<String>,
    cluster: bool,
    /// The prefix of all keys.
    pub(crate) prefix: String,
    /// Host and port, for people: never a password.
    pub(crate) shown: String,
}

impl Address {
    /// `redis://[user:password@]host[:port][/database][?prefix=millrace]`, `rediss://` over TLS, and for a cluster
    /// `redis+cluster://` or `rediss+cluster://` with one or more nodes divided by commas.
    pub(crate) fn parse(url: &str) -> Result<Self, QueueError> {
        let wrong = |reason: &str| {
            let shown = url.rsplit_once('@').map_or(url, |(_, host)| host);
            QueueError::Unsuitable(format!(
                "queue URL '{shown}': {reason}; expected redis://[user:password@]host[:port][/database]\
                 [?prefix=millrace], rediss:// for TLS, redis+cluster://host:port,host:port for a cluster"
            ))
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("there is no '://' in it"))?;
        let (scheme, cluster) = match scheme {
            "redis" | "rediss" => (scheme, false),
            "redis+cluster" => ("redis", true),
            "rediss+cluster" => ("rediss", true),
            _ => return Err(wrong("the scheme is unknown")),
        };
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let mut prefix = "millrace".to_owned();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("prefix", value)) if is_plain(value) => prefix = value.to_owned(),
                Some(("prefix", _)) => {
                    return Err(wrong("a prefix has 1 to 64 of a-z, A-Z, 0-9, '-', '_', '.', ':'"));
                }
                _ => return Err(wrong("the only option is 'prefix'")),
            }
        }
        let (login, hosts) = rest.rsplit_once('@').map_or(("", rest), |(login, hosts)| (login, hosts));
        let (hosts, database) = hosts.split_once('/').unwrap_or((hosts, ""));
        if hosts.is_empty() || (!cluster && hosts.contains(',')) {
            return Err(wrong("it names no host, or several without '+cluster'"));
        }
        let login = if login.is_empty() { String::new() } else { format!("{login}@") };
        let urls = hosts.split(',').map(|host| format!("{scheme}://{login}{host}/{database}")).collect();
        Ok(Self { urls, cluster, prefix, shown: hosts.to_owned() })
    }

    /// Connects, for commands that are answered at once.
    pub(crate) async fn connect(&self) -> Result<Link, QueueError> {
        let opened = async {
            if self.cluster {
                let client = redis::cluster::ClusterClientBuilder::new(self.urls.clone())
                    .response_timeout(ANSWER)
                    .connection_timeout(CONNECT)
                    // A command that the client sends again by itself is carried out twice: entries would be read and
                    // their answer lost without a word, or appended twice and acknowledged once.
                    .retries(0)
                    .build()?;
                return Ok(Link::Cluster(client.get_async_connection().await?));
            }
            let single =
                Single { client: Arc::new(Client::open(self.urls[0].as_str())?), current: Arc::default() };
            single.connection().await?;
            Ok(Link::Single(single))
        };
        opened.await.map_err(|error: RedisError| self.failed(&error))
    }

    /// A connection of its own for a command that blocks; nothing in a cluster, where one command cannot wait for
    /// several nodes.
    pub(crate) async fn connect_to_wait(&self) -> Result<Option<MultiplexedConnection>, QueueError> {
        if self.cluster {
            return Ok(None);
        }
        // The client's default would end every wait that is longer than half a second with an error.
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
        let connected = match Client::open(self.urls[0].as_str()) {
            Ok(client) => client.get_multiplexed_async_connection_with_config(&config).await,
            Err(error) => Err(error),
        };
        connected.map(Some).map_err(|error| self.failed(&error))
    }

    /// Whether the partitions may be on several nodes.
    pub(crate) fn cluster(&self) -> bool {
        self.cluster
    }

    /// What an error of the client means for whoever asked.
    pub(crate) fn failed(&self, error: &RedisError) -> QueueError {
        let reason = match error.code() {
            Some("OOM") => "Redis is out of memory: raise maxmemory, or let the workers catch up".to_owned(),
            Some("MISCONF") => {
                "Redis cannot write its files and refuses changes: look at its disk and log".to_owned()
            }
            Some("READONLY") => {
                "this Redis is a replica, which takes no writes: point the URL at the primary".to_owned()
            }
            Some("LOADING") => "Redis is reading its files after a start".to_owned(),
            _ if error.is_timeout() => "no answer in time".to_owned(),
            _ => error.to_string(),
        };
        QueueError::Unavailable { server: self.shown.clone(), reason }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Address")
            .field("server", &self.shown)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

fn is_plain(prefix: &str) -> bool {
    (1..=64).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// A connection that many tasks share, and that comes back by itself.
#[derive(Clone)]
pub(crate) enum Link {
    Single(Single),
    Cluster(ClusterConnection),
}

/// A connection to one server, made anew when it was given up.
#[derive(Clone)]
pub(crate) struct Single {
    client: Arc<Client>,
    current: Arc<Mutex<Current>>,
}

#[derive(Default)]
struct Current {
    link: Option<MultiplexedConnection>,
    /// Counts connections, so that only the one that failed is given up.
    number: u64,
    failed: Option<(Instant, RedisError)>,
}

impl Single {
    async fn connection(&self) -> RedisResult<(MultiplexedConnection, u64)> {
        let mut current = self.current.lock().await;
        if let Some(link) = &current.link {
            return Ok((link.clone(), current.number));
        }
        // Whoever waited for this lock while a connection failed must not wait for another one to fail.
        if let Some((_, error)) = current.failed.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(error.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(link) => {
                current.number += 1;
                current.failed = None;
                Ok((current.link.insert(link).clone(), current.number))
            }
            Err(error) => {
                current.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Looks at what became of a request on the connection `number`.
    async fn judge(&self, number: u64, error: Option<&RedisError>) {
        let broken = error.is_some_and(|error| {
            error.is_timeout()
                || error.is_io_error()
                || error.is_unrecoverable_error()
                || is_replica(error.code())
        });
        if broken {
            let mut current = self.current.lock().await;
            if current.number == number {
                current.link = None;
            }
        }
    }

    async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        let (mut link, number) = self.connection().await?;
        let answer = link.req_packed_command(command).await;
        let refused = answer.as_ref().ok().and_then(refusal);
        self.judge(number, answer.as_ref().err().or(refused.as_ref())).await;
        answer
    }

    async fn ask_all(&self, pipeline: &Pipeline, offset: usize, count: usize) -> RedisResult<Vec<Value>> {
        let (mut link, number) = self.connection().await?;
        let answers = link.req_packed_commands(pipeline, offset, count).await;
        let refused = answers.as_ref().ok().and_then(|answers| answers.iter().find_map(refusal));
        self.judge(number, answers.as_ref().err().or(refused.as_ref())).await;
        answers
    }
}

/// The error of a server that takes no writes.
fn refusal(answer: &Value) -> Option<RedisError> {
    match answer {
        Value::ServerError(error) if is_replica(Some(error.code())) => Some(error.clone().into()),
        _ => None,
    }
}

fn is_replica(code: Option<&str>) -> bool {
    matches!(code, Some("READONLY" | "MASTERDOWN"))
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(link) => Box::pin(link.ask(command)),
            Self::Cluster(link) => link.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(link) => Box::pin(link.ask_all(pipeline, offset, count)),
            Self::Cluster(link) => link.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(link) => link.client.get_connection_info().redis_settings().db(),
            Self::Cluster(link) => link.get_db(),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Single(_) => "Single",
            Self::Cluster(_) => "Cluster",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn urls_are_taken_apart() {
        let address = Address::parse("redis://me:secret@cache:6380/2?prefix=a:b").expect("a URL");
        assert_eq!((address.prefix.as_str(), address.shown.as_str()), ("a:b", "cache:6380"));
        assert_eq!(address.urls, ["redis://me:secret@cache:6380/2"]);
        let address = Address::parse("rediss+cluster://me:secret@one:1,two:2").expect("a URL");
        assert!(address.cluster());
        assert_eq!(address.urls, ["rediss://me:secret@one:1/", "rediss://me:secret@two:2/"]);
        assert_eq!(Address::parse("redis://localhost").expect("a URL").prefix, "millrace");
    }

    #[test]
    fn a_wrong_url_is_named_without_its_password() {
        for url in [
            "redis:",
            "http://a",
            "redis://",
            "redis://x:secret@",
            "redis://x:secret@a,b",
            "redis://x:secret@a?b=c",
            "redis://x:secret@a?prefix=",
        ] {
            let error = Address::parse(url).expect_err(url).to_string();
            assert!(error.contains("expected redis://") && !error.contains("secret"), "{error}");
        }
        let shown = format!("{:?}", Address::parse("redis://me:secret@cache").expect("a URL"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
