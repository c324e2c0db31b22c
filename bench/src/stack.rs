//! The reference stack under test: a private Redis that syncs every write, a private PostgreSQL with its defaults, and
//! the roles as processes.

use anyhow::Context;
use millrace_stack::{Postgres, Redis};

use crate::measure::latency::Way;
use crate::measure::{Bench, Folder};
use crate::server::{Server, Start};

/// Servers, and what the processes over them are told.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) redis: Redis,
    pub(crate) postgres: Postgres,
    variables: Vec<(&'static str, String)>,
    pub(crate) folder: Folder,
}

/// The processes.
#[derive(Debug)]
pub(crate) struct Processes {
    pub(crate) ingest: Server,
    pub(crate) worker: Server,
    pub(crate) api: Server,
}

impl Stack {
    /// Starts Redis and PostgreSQL in a folder of their own.
    pub(crate) fn start(bench: &Bench, name: &str) -> anyhow::Result<Self> {
        let folder = bench.folder(name)?;
        let beside = folder.data.parent().context("a folder")?;
        // PostgreSQL runs as another user where this one is root.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(beside, mode)?;
        let redis = Redis::start_with(
            Some(&beside.join("redis")),
            &["--appendonly", "yes", "--appendfsync", "always"],
        )?;
        let postgres = Postgres::start_with(Some(&beside.join("postgres")), &[])?;
        let variables = vec![
            ("MILLRACE__QUEUE__URL", redis.url()),
            ("MILLRACE__STORE__URL", postgres.url()),
            ("MILLRACE__CATALOG__URL", postgres.url()),
            // What a report takes is measured, however long that is.
            ("MILLRACE__API__QUERY_TIMEOUT_SECONDS", "600".to_owned()),
        ];
        Ok(Self { redis, postgres, variables, folder })
    }

    /// Adds public sites.
    pub(crate) fn add_sites(&self, bench: &Bench, sites: &[&str]) -> anyhow::Result<()> {
        let variables = self.variables();
        for site in sites {
            self.of(bench, &variables).add_site(site)?;
        }
        Ok(())
    }

    /// Starts the three roles, each as a process.
    pub(crate) async fn serve(&self, bench: &Bench) -> anyhow::Result<Processes> {
        let variables = self.variables();
        let of = |role| Start { role: Some(role), ..self.of(bench, &variables) };
        let worker = of("worker").serve().await?;
        Ok(Processes { ingest: of("ingest").serve().await?, api: of("api").serve().await?, worker })
    }

    /// One role alone.
    pub(crate) async fn serve_role(&self, bench: &Bench, role: &str) -> anyhow::Result<Server> {
        let variables = self.variables();
        Start { role: Some(role), ..self.of(bench, &variables) }.serve().await
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn of<'a>(&'a self, bench: &'a Bench, variables: &'a [(&'a str, &'a str)]) -> Start<'a> {
        Start { variables, ..Start::new(&bench.binary, &self.folder.data) }
    }
}

impl Processes {
    pub(crate) fn way(&self) -> Way<'_> {
        Way { ingest: &self.ingest, worker: &self.worker, api: &self.api }
    }

    /// Ends them.
    pub(crate) fn kill(self) -> anyhow::Result<()> {
        self.ingest.kill()?;
        self.worker.kill()?;
        self.api.kill()
    }
}
