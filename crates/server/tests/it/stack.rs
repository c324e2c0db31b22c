//! The reference stack: roles as processes over Redis and PostgreSQL, and what goes wrong with it.

mod faults;
mod same;
mod watching;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Output, Stdio};

use millrace_stack::{Postgres, Redis};
use tempfile::TempDir;

use crate::support::{Server, Start, millrace};

/// Private servers and what every process over them is told.
pub(crate) struct Stack {
    pub(crate) redis: Redis,
    pub(crate) postgres: Postgres,
    dir: TempDir,
    /// Where the processes find the servers: other ports, where a proxy stands between.
    pub(crate) redis_port: u16,
    pub(crate) postgres_port: u16,
}

impl Stack {
    /// Servers that keep their promises, and a public site `demo`.
    pub(crate) fn start() -> Self {
        Self::start_with(Redis::start().expect("a Redis"), Postgres::start().expect("a PostgreSQL"))
    }

    pub(crate) fn start_with(redis: Redis, postgres: Postgres) -> Self {
        let (redis_port, postgres_port) = (redis.port(), postgres.port());
        let dir = tempfile::tempdir().expect("a folder");
        let stack = Self { redis, postgres, dir, redis_port, postgres_port };
        stack.add_site("demo");
        stack
    }

    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        let redis = format!("redis://127.0.0.1:{}/", self.redis_port);
        let postgres = format!("postgres://millrace@127.0.0.1:{}/postgres", self.postgres_port);
        vec![
            ("MILLRACE__QUEUE__URL", redis),
            ("MILLRACE__STORE__URL", postgres),
            // Never through a proxy: sites and keys are not what fails here.
            ("MILLRACE__CATALOG__URL", self.postgres.url()),
        ]
    }

    /// A process with these roles; with all where there is none.
    pub(crate) fn serve(&self, roles: &[&str]) -> Server {
        self.serve_with(roles, &[])
    }

    pub(crate) fn serve_with(&self, roles: &[&str], env: &[(&'static str, &str)]) -> Server {
        let args = roles.iter().flat_map(|role| ["--role".to_owned(), (*role).to_owned()]).collect();
        let mut all = self.env();
        all.extend(env.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let start = Start { data_dir: Some(self.dir.path().to_owned()), env: all, args, elsewhere: true };
        let server = Server::start_with(start);
        server.wait_ready();
        server
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Runs a subcommand; answers how it ended and what it said.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let mut command = millrace(self.dir.path(), args);
        command.envs(self.env()).stderr(Stdio::piped()).output().expect("the binary runs")
    }

    /// What a subcommand prints that has to succeed.
    pub(crate) fn prints(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    pub(crate) fn add_site(&self, id: &str) {
        self.prints(&["site", "add", id, "--public"]);
    }

    /// What `redis-cli` would print, one line; words without spaces.
    pub(crate) fn redis_says(&self, command: &str) -> String {
        let mut link = TcpStream::connect((Ipv4Addr::LOCALHOST, self.redis.port())).expect("Redis");
        link.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).expect("sent");
        let mut answer = String::new();
        link.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Events that a table has.
    pub(crate) fn stored(&self) -> u64 {
        self.postgres
            .run("postgres", "SELECT COUNT(*) FROM events")
            .expect("a count")
            .parse()
            .expect("a number")
    }
}

/// Stands in for an operator: a value of a process's Prometheus metrics, summed over its labels.
pub(crate) fn metric(server: &Server, name: &str) -> Option<f64> {
    let text = server.get("/metrics").text();
    let values: Vec<f64> = text
        .lines()
        .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])))
        .filter_map(|line| line.rsplit(' ').next()?.parse().ok())
        .collect();
    (!values.is_empty()).then(|| values.iter().sum())
}
