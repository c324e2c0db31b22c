//! `millrace site add | list | settings | remove`

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use millrace_catalog::{Site, SiteSettings};
use millrace_event::{SiteId, Timestamp};

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with sites.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add a site
    Add(AddArgs),
    /// List the sites
    List(DataArgs),
    /// Show a site's settings as JSON, or replace them by those of a file
    Settings {
        /// The site's id
        id: String,
        /// JSON with the fields to set; what it leaves out gets its default
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove a site and its keys; its events stay until they are erased
    Remove {
        /// The site's id
        id: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// A new site.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Its id: a-z A-Z 0-9 . _ : -
    id: String,
    /// The IANA time zone its days are cut in
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// Let anyone read its reports
    #[arg(long)]
    public: bool,
    /// Take events with a key only
    #[arg(long)]
    require_key: bool,
    /// Whose.
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the subcommand.
pub async fn run(command: SiteCommand) -> anyhow::Result<()> {
    match command {
        SiteCommand::Add(args) => add(args).await,
        SiteCommand::List(data) => {
            let catalog = open_catalog(&data.config()?).await?;
            for site in catalog.directory().sites() {
                let zone = site.timezone.iana_name().unwrap_or("UTC");
                let public = if site.public { "public" } else { "private" };
                let key = if site.require_key { "needs a key" } else { "takes browser events" };
                println!("{}\t{zone}\t{public}\t{key}\tsince {}", site.id, site.created_at);
            }
            Ok(())
        }
        SiteCommand::Settings { id, file, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            if let Some(file) = file {
                let json = std::fs::read_to_string(&file).with_context(|| format!("'{}'", file.display()))?;
                let settings = SiteSettings::parse(&json).with_context(|| format!("'{}'", file.display()))?;
                let site = SiteId::new(id.clone())?;
                catalog.directory().check_own_paths(&site, &settings)?;
                catalog.set_settings(&site, &settings).await?;
            }
            let directory = catalog.directory();
            let site = directory.site(&id).with_context(|| format!("there is no site '{id}'"))?;
            let shown: serde_json::Value = serde_json::from_str(&site.settings.to_json())?;
            println!("{shown:#}");
            Ok(())
        }
        SiteCommand::Remove { id, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let removed = catalog.remove_site(&SiteId::new(id.clone())?).await?;
            anyhow::ensure!(removed, "there is no site '{id}'");
            println!("site '{id}' and its keys are removed; its events stay until they are erased");
            Ok(())
        }
    }
}

async fn add(args: AddArgs) -> anyhow::Result<()> {
    let timezone = jiff::tz::TimeZone::get(&args.timezone)
        .with_context(|| format!("'{}' is no IANA time zone, such as Europe/Berlin", args.timezone))?;
    let id = SiteId::new(args.id)?;
    let catalog = open_catalog(&args.data.config()?).await?;
    let site = Site {
        id,
        timezone,
        public: args.public,
        require_key: args.require_key,
        created_at: Timestamp::now(),
        settings: SiteSettings::default(),
    };
    catalog.add_site(&site).await?;
    println!("site '{}' is added", site.id);
    Ok(())
}
