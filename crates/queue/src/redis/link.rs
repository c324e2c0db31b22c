//! The connection: one server or a cluster, and what its errors mean.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisError, RedisFuture, Value};

use crate::QueueError;

/// How long an answer may take. A server that syncs each write to a slow disk takes its time; what is over this is
/// answered 503.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// A lost connection is tried again at least this often while somebody asks.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

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
                    .retries(3)
                    .build()?;
                return Ok(Link::Cluster(client.get_async_connection().await?));
            }
            let config = ConnectionManagerConfig::new()
                .set_response_timeout(Some(ANSWER))
                .set_connection_timeout(Some(CONNECT))
                .set_min_delay(Duration::from_millis(20))
                .set_max_delay(LONGEST_PAUSE)
                .set_number_of_retries(2);
            let client = redis::Client::open(self.urls[0].as_str())?;
            Ok(Link::Single(client.get_connection_manager_with_config(config).await?))
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
        let connected = match redis::Client::open(self.urls[0].as_str()) {
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
    Single(ConnectionManager),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(link) => link.req_packed_command(command),
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
            Self::Single(link) => link.req_packed_commands(pipeline, offset, count),
            Self::Cluster(link) => link.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(link) => link.get_db(),
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
