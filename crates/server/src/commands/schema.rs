//! `millrace schema set | list | remove`

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use millrace_catalog::NewSchema;
use millrace_event::SiteId;
use millrace_event::payload::normalise_name;
use millrace_event::schema::{EventSchema, Mode};

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with declared schemas.
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Declare what the properties of an event must be
    Set {
        /// The event's name
        event: String,
        /// The schema: a subset of JSON Schema (see docs/schemas.md)
        file: PathBuf,
        /// The site
        #[arg(long)]
        site: String,
        /// What becomes of events that violate it: observe (nothing), warn (counted) or reject
        #[arg(long, default_value = "warn")]
        mode: Mode,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the declared schemas
    List {
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove an event's schema
    Remove {
        /// The event's name
        event: String,
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Runs the subcommand.
pub async fn run(command: SchemaCommand) -> anyhow::Result<()> {
    match command {
        SchemaCommand::Set { event, file, site, mode, data } => {
            let name = file.display();
            let document = std::fs::read_to_string(&file).with_context(|| format!("'{name}'"))?;
            let schema = EventSchema::parse(&document).with_context(|| format!("'{name}'"))?;
            let schema = NewSchema::new(&event, mode, schema)?;
            let catalog = open_catalog(&data.config()?).await?;
            catalog.set_schema(&SiteId::new(site.clone())?, &schema).await?;
            println!("the schema of '{}' on site '{site}' is declared: {mode}", schema.name());
            Ok(())
        }
        SchemaCommand::List { site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let directory = catalog.directory();
            let site = directory.site(&site).with_context(|| format!("there is no site '{site}'"))?;
            for declared in directory.schemas(&site.id).all() {
                let (name, mode, since) = (&declared.name, declared.mode, declared.updated_at);
                println!("{name}\t{mode}\tsince {since}");
            }
            Ok(())
        }
        SchemaCommand::Remove { event, site, data } => {
            let name = normalise_name(event.as_str().into())?;
            let catalog = open_catalog(&data.config()?).await?;
            let removed = catalog.remove_schema(&SiteId::new(site.clone())?, &name).await?;
            anyhow::ensure!(removed, "'{name}' has no schema on site '{site}'");
            println!("the schema of '{name}' on site '{site}' is removed");
            Ok(())
        }
    }
}
