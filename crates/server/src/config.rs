//! The configuration: defaults, then a TOML file, then `MILLRACE__SECTION__KEY` variables, then the command line.
//!
//! A key that is not known is an error. `config.example.toml` shows every key with its default, which a test holds.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use millrace_ingest::Client;
use serde::{Deserialize, Serialize};

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The HTTP server.
    pub server: Server,
    /// What ingestion takes.
    pub ingest: Ingest,
    /// The queue.
    pub queue: Queue,
    /// Reports.
    pub api: Api,
    /// Live streams.
    pub live: Live,
    /// The worker.
    pub worker: Worker,
    /// The store.
    pub store: Store,
    /// Sites and keys.
    pub catalog: Catalog,
    /// Answers that are kept for a while.
    pub cache: Cache,
    /// Logs.
    pub log: Log,
}

/// The HTTP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Where embedded parts keep their files.
    pub data_dir: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections open at the same time; more wait to be accepted.
    pub max_connections: usize,
    /// Seconds a client has to send a request's head; also how long an idle connection is kept.
    pub header_timeout_seconds: u64,
    /// Seconds requests have to end after SIGTERM.
    pub shutdown_timeout_seconds: u64,
}

/// What ingestion takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Seconds a client has to send a body.
    pub body_timeout_seconds: u64,
    /// Bytes of all bodies in memory at the same time.
    pub max_in_flight_bytes: usize,
    /// Whether copies of rejected events are kept in `<data_dir>/rejected.ndjson`.
    pub keep_rejected: bool,
    /// Systems whose clients are understood: `plausible`, `segment`, `posthog`, `umami`.
    pub clients: Vec<String>,
}

/// Reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Api {
    /// Seconds a report may take.
    pub query_timeout_seconds: u64,
    /// Queries that run at the same time; more wait.
    pub queries_at_once: usize,
}

/// Live streams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Live {
    /// Streams open at the same time; further ones get a 503.
    pub connections: usize,
    /// The same of one site.
    pub connections_per_site: usize,
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queue {
    /// `disk:` in the data directory, `disk:PATH`, or `redis://`.
    pub url: String,
    /// Bytes beyond which ingestion answers 503, on disk.
    pub max_bytes: u64,
    /// Bytes of one segment file, on disk.
    pub segment_bytes: u64,
    /// Records beyond which ingestion answers 503, on Redis.
    pub max_records: u64,
    /// Streams of the queue on Redis; 0: as many as it has, 8 where it is new.
    pub streams: u32,
    /// How often a record is given to workers that do not come back, on Redis.
    pub max_deliveries: u32,
}

/// The worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Worker {
    /// Records of one batch.
    pub batch_records: usize,
    /// Bytes of one batch.
    pub batch_bytes: usize,
    /// Seconds a client's event id is recognised.
    pub dedup_window_seconds: u64,
    /// Event ids held for that at most.
    pub dedup_ids: usize,
    /// Visitors whose sessions are held at most.
    pub session_visitors: usize,
    /// Distinct user agents that are remembered at most.
    pub user_agents: usize,
    /// An MMDB file of countries, regions and cities; empty: the program's own table of countries.
    pub place_database: PathBuf,
    /// A file with a data centre's network on each line; empty: none.
    pub data_centers: PathBuf,
}

/// The store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// `lake:` in the data directory, `lake:PATH`, or `postgres://`.
    pub url: String,
    /// Connections to PostgreSQL, for reports and the worker together.
    pub connections: u32,
    /// Events in memory at which a segment is written.
    pub seal_rows: usize,
    /// Seconds after which one is written anyway.
    pub seal_seconds: u64,
    /// Threads for queries; 0: one a core.
    pub query_threads: usize,
    /// Bytes all queries together may take.
    pub query_memory_bytes: usize,
    /// Bytes of decoded columns that the lake keeps for the next query; 0: none.
    pub column_cache_bytes: usize,
    /// Days that events are kept; 0: for ever.
    pub retention_days: u32,
    /// Days that discarded events are kept, to be looked at and judged again; 0: they are only counted.
    pub discard_days: u32,
}

/// Sites and keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Catalog {
    /// `sqlite:` in the data directory, `sqlite:PATH`, or `postgres://`.
    pub url: String,
}

/// Answers that are kept for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// `memory:`, `redis://`, or `none:`.
    pub url: String,
    /// Seconds that an answer is kept; 0 keeps none.
    pub ttl_seconds: u64,
    /// Bytes of memory that answers take.
    pub max_bytes: usize,
}

/// Logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// Which: `info`, or `warn,millrace_queue=debug`.
    pub filter: String,
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("data"),
            trusted_proxies: Vec::new(),
            max_connections: 10_000,
            header_timeout_seconds: 8,
            shutdown_timeout_seconds: 10,
        }
    }
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            body_timeout_seconds: 15,
            max_in_flight_bytes: 256 << 20,
            keep_rejected: true,
            clients: Client::ALL.map(|client| client.as_str().to_owned()).to_vec(),
        }
    }
}

impl Ingest {
    /// The systems that [`Ingest::clients`] names.
    pub fn clients(&self) -> anyhow::Result<Vec<Client>> {
        let read = |name: &String| {
            name.parse().with_context(|| format!("ingest.clients has '{name}', which is not known"))
        };
        self.clients.iter().map(read).collect()
    }
}

impl Default for Api {
    fn default() -> Self {
        Self { query_timeout_seconds: 30, queries_at_once: 64 }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self { connections: 5_000, connections_per_site: 2_000 }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            url: "disk:".to_owned(),
            max_bytes: 8 << 30,
            segment_bytes: 64 << 20,
            max_records: 10_000_000,
            streams: 0,
            max_deliveries: 10,
        }
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self {
            batch_records: 16_384,
            batch_bytes: 16 << 20,
            dedup_window_seconds: 24 * 3_600,
            dedup_ids: 8_000_000,
            session_visitors: 1_000_000,
            user_agents: 20_000,
            place_database: PathBuf::new(),
            data_centers: PathBuf::new(),
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            url: "lake:".to_owned(),
            connections: 10,
            seal_rows: 262_144,
            seal_seconds: 60,
            query_threads: 0,
            query_memory_bytes: 1 << 30,
            column_cache_bytes: 256 << 20,
            retention_days: 0,
            discard_days: 7,
        }
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self { url: "sqlite:".to_owned() }
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self { url: "memory:".to_owned(), ttl_seconds: 2, max_bytes: 64 << 20 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

impl Config {
    /// Reads `file`, where there is one, and the environment over the defaults.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            anyhow::ensure!(file.is_file(), "there is no configuration file '{}'", file.display());
            figment = figment.merge(Toml::file_exact(file));
        }
        let config: Self =
            figment.merge(Env::prefixed("MILLRACE__").split("__")).extract().context("configuration")?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.ingest.clients()?;
        let at_least_one = [
            ("server.max_connections", self.server.max_connections),
            ("api.queries_at_once", self.api.queries_at_once),
            ("worker.batch_records", self.worker.batch_records),
            ("worker.batch_bytes", self.worker.batch_bytes),
            ("worker.dedup_ids", self.worker.dedup_ids),
            ("worker.session_visitors", self.worker.session_visitors),
            ("worker.user_agents", self.worker.user_agents),
            ("store.seal_rows", self.store.seal_rows),
            ("store.query_memory_bytes", self.store.query_memory_bytes),
            ("queue.max_records", self.queue.max_records as usize),
            ("queue.max_deliveries", self.queue.max_deliveries as usize),
        ];
        for (key, value) in at_least_one {
            anyhow::ensure!(value > 0, "{key} is 0: it must be at least 1");
        }
        anyhow::ensure!(
            self.store.connections >= 2,
            "store.connections is {}: it must be at least 2, one for the worker and one for reports",
            self.store.connections
        );
        anyhow::ensure!(
            self.queue.segment_bytes >= 1 << 20 && self.queue.segment_bytes <= self.queue.max_bytes / 4,
            "queue.segment_bytes is {}: it must be at least 1 MiB and at most a quarter of queue.max_bytes",
            self.queue.segment_bytes
        );
        Ok(())
    }

    /// Where an embedded backend's URL points, `disk:` or `disk:PATH`: its path, or `default` in the data directory.
    /// Nothing where the URL has another scheme.
    pub fn path_of(&self, url: &str, scheme: &str, default: &str) -> Option<PathBuf> {
        let (found, path) = url.split_once(':')?;
        let path = (found == scheme).then_some(path)?;
        Some(if path.is_empty() { self.server.data_dir.join(default) } else { PathBuf::from(path) })
    }

    /// The folder of a queue that is files of this machine.
    pub fn queue_dir(&self) -> Option<PathBuf> {
        self.path_of(&self.queue.url, "disk", "queue")
    }

    /// The folder of a store that is files of this machine.
    pub fn lake_dir(&self) -> Option<PathBuf> {
        self.path_of(&self.store.url, "lake", "lake")
    }

    /// The file of a catalog that is one.
    pub fn catalog_file(&self) -> Option<PathBuf> {
        self.path_of(&self.catalog.url, "sqlite", "catalog.sqlite")
    }
}

/// A URL without its user and password, which may also be among its parameters, for people.
pub fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // The password first: it may have any of these characters.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{}", rest.split_once('?').map_or(rest, |(host, _)| host))
}

/// Seconds as a duration.
pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn the_example_shows_every_key_with_its_default() {
        let example = include_str!("../../../config.example.toml");
        let shown: figment::value::Dict = toml_dict(example);
        let defaults = figment::Figment::from(figment::providers::Serialized::defaults(Config::default()));
        let defaults: figment::value::Dict = defaults.extract().expect("defaults");
        assert_eq!(plain(&shown), plain(&defaults));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "[queue]\nmax_byte = 1\n").expect("written");
        let error = format!("{:#}", Config::load(Some(file.path())).expect_err("refused"));
        assert!(error.contains("max_byte"), "{error}");
    }

    #[test]
    fn a_shown_url_has_no_password() {
        for (url, expected) in [
            ("postgres://me:p@ss@db:5432/m?sslmode=require", "postgres://db:5432/m"),
            ("postgres://me:s?cret@db/m", "postgres://db/m"),
            ("postgres://db/m?password=secret", "postgres://db/m"),
            ("redis://:secret@one:1,two:2?prefix=a", "redis://one:1,two:2"),
            ("disk:/a@b?c", "disk:/a@b?c"),
        ] {
            assert_eq!(super::shown(url), expected);
        }
    }

    fn toml_dict(text: &str) -> figment::value::Dict {
        use figment::providers::Format;
        figment::Figment::from(figment::providers::Toml::string(text)).extract().expect("TOML")
    }

    fn plain(dict: &figment::value::Dict) -> String {
        serde_json::to_value(dict).expect("JSON").to_string()
    }
}
