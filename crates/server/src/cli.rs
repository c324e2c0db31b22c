//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::Config;
use crate::parts::Roles;
use crate::{commands, generate, import};

/// Self-hosted real-time web and product analytics.
#[derive(Debug, Parser)]
#[command(name = "millrace", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(ServeArgs),
    /// Run a server with a public site 'demo', 30 days of history and a live generator
    Demo(commands::demo::DemoArgs),
    /// Send generated events to any Millrace
    Generate(generate::GenerateArgs),
    /// Import an access log or events
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Add, list and remove sites
    #[command(subcommand)]
    Site(commands::site::SiteCommand),
    /// Add, list and revoke API keys
    #[command(subcommand)]
    Key(commands::key::KeyCommand),
    /// Declare, list and remove schemas of events
    #[command(subcommand)]
    Schema(commands::schema::SchemaCommand),
    /// Add, list and remove goals of a site
    #[command(subcommand)]
    Goal(commands::goal::GoalCommand),
    /// List and remove saved segments of a site
    #[command(subcommand)]
    Segment(commands::segment::SegmentCommand),
    /// Add, list and remove annotations of a site's charts
    #[command(subcommand)]
    Annotation(commands::annotation::AnnotationCommand),
    /// Show discarded events, and judge them again
    #[command(subcommand)]
    Discards(commands::discards::DiscardsCommand),
    /// Look at queue, store and catalog: what is there, what is wrong, what was set aside
    Doctor(commands::doctor::DoctorArgs),
    /// Show how far the workers are behind
    Lag(commands::lag::LagArgs),
}

/// Options of everything that opens a data directory.
#[derive(Clone, Debug, Default, Args)]
pub struct DataArgs {
    /// Configuration file (TOML; see config.example.toml)
    #[arg(long, value_name = "FILE", env = "MILLRACE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the embedded queue, store and catalog keep their files
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The queue: disk:, disk:PATH or redis://
    #[arg(long, value_name = "URL")]
    pub queue: Option<String>,
    /// The store: lake:, lake:PATH or postgres://
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// The catalog: sqlite:, sqlite:PATH or postgres://
    #[arg(long, value_name = "URL")]
    pub catalog: Option<String>,
}

impl DataArgs {
    /// The configuration with these options over it.
    pub fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        let Self { config: _, data_dir, queue, store, catalog } = self.clone();
        config.server.data_dir = data_dir.unwrap_or(config.server.data_dir);
        config.queue.url = queue.unwrap_or(config.queue.url);
        config.store.url = store.unwrap_or(config.store.url);
        config.catalog.url = catalog.unwrap_or(config.catalog.url);
        Ok(config)
    }
}

#[derive(Debug, Args)]
struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The cache of reports: memory:, redis:// or none:
    #[arg(long, value_name = "URL")]
    cache: Option<String>,
    /// Run this role only (may be given again); the others need a queue and a store that are servers
    #[arg(long, value_name = "ROLE")]
    role: Vec<Role>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    Ingest,
    Worker,
    Api,
}

/// Runs what the command line asks for.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => Box::pin(serve(args)).await,
        Command::Demo(args) => Box::pin(commands::demo::run(args)).await,
        Command::Generate(args) => generate::command(args).await,
        Command::Import(command) => Box::pin(commands::import::run(command)).await,
        Command::Site(command) => commands::site::run(command).await,
        Command::Key(command) => commands::key::run(command).await,
        Command::Schema(command) => commands::schema::run(command).await,
        Command::Goal(command) => commands::goal::run(command).await,
        Command::Segment(command) => commands::segment::run(command).await,
        Command::Annotation(command) => commands::annotation::run(command).await,
        Command::Discards(command) => commands::discards::run(command).await,
        Command::Doctor(args) => commands::doctor::run(args).await,
        Command::Lag(args) => commands::lag::run(args).await,
    }
}

async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let mut config = args.data.config()?;
    config.server.listen = args.listen.unwrap_or(config.server.listen);
    config.cache.url = args.cache.unwrap_or(config.cache.url);
    let has = |role| args.role.is_empty() || args.role.contains(&role);
    let roles = Roles { ingest: has(Role::Ingest), worker: has(Role::Worker), api: has(Role::Api) };
    roles.check(&config)?;
    crate::telemetry::start_logs(&config.log)?;
    crate::serve::Running::start(&config, roles).await?.run(crate::serve::signalled()).await
}
