//! `millrace segment list | remove`

use anyhow::Context;
use clap::Subcommand;
use millrace_event::SiteId;

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with segments.
#[derive(Debug, Subcommand)]
pub enum SegmentCommand {
    /// List the segments, with their filters
    List {
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove a segment
    Remove {
        /// The segment's id, as 'segment list' shows it
        id: u32,
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Runs the subcommand.
pub async fn run(command: SegmentCommand) -> anyhow::Result<()> {
    match command {
        SegmentCommand::List { site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let directory = catalog.directory();
            let site = directory.site(&site).with_context(|| format!("there is no site '{site}'"))?;
            for saved in directory.segments(&site.id).all() {
                // As it was given it may have several lines.
                let filters: serde_json::Value = serde_json::from_str(&saved.filters)?;
                println!("{}\t{}\t{filters}\tsince {}", saved.id, saved.name, saved.updated_at);
            }
            Ok(())
        }
        SegmentCommand::Remove { id, site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let removed = catalog.remove_segment(&SiteId::new(site.clone())?, id).await?;
            anyhow::ensure!(removed, "site '{site}' has no segment {id}: 'millrace segment list' shows them");
            println!("segment {id} of site '{site}' is removed");
            Ok(())
        }
    }
}
