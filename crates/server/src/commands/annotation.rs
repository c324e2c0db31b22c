//! `millrace annotation add | list | remove`

use anyhow::Context;
use clap::{Args, Subcommand};
use millrace_catalog::NewAnnotation;
use millrace_event::SiteId;

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with annotations.
#[derive(Debug, Subcommand)]
pub enum AnnotationCommand {
    /// Add an annotation: a short text that charts show at its day or instant
    Add(AddArgs),
    /// List the annotations
    List {
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove an annotation
    Remove {
        /// The annotation's id, as 'annotation list' shows it
        id: u32,
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// A new annotation.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// What it says
    text: String,
    /// The site
    #[arg(long)]
    site: String,
    /// A date in the site's zone, such as 2026-11-20, or an instant, such as 2026-11-20T14:30:00Z; now where it is left out
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// Whose.
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the subcommand.
pub async fn run(command: AnnotationCommand) -> anyhow::Result<()> {
    match command {
        AnnotationCommand::Add(args) => add(args).await,
        AnnotationCommand::List { site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let directory = catalog.directory();
            let site = directory.site(&site).with_context(|| format!("there is no site '{site}'"))?;
            for saved in directory.annotations(&site.id).all() {
                println!("{}\t{}\t{}\tsince {}", saved.id, saved.at, saved.text, saved.created_at);
            }
            Ok(())
        }
        AnnotationCommand::Remove { id, site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let removed = catalog.remove_annotation(&SiteId::new(site.clone())?, id).await?;
            anyhow::ensure!(
                removed,
                "site '{site}' has no annotation {id}: 'millrace annotation list' shows them"
            );
            println!("annotation {id} of site '{site}' is removed");
            Ok(())
        }
    }
}

async fn add(args: AddArgs) -> anyhow::Result<()> {
    let catalog = open_catalog(&args.data.config()?).await?;
    let directory = catalog.directory();
    let site = directory.site(&args.site).with_context(|| format!("there is no site '{}'", args.site))?;
    let at = match &args.at {
        Some(at) => NewAnnotation::instant(at, &site.timezone)?,
        None => millrace_event::Timestamp::now(),
    };
    let id = catalog.add_annotation(&site.id, &NewAnnotation::new(at, &args.text)?).await?;
    println!("annotation {id} of site '{}' is added at {at}", args.site);
    Ok(())
}
