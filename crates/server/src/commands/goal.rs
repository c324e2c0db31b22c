//! `millrace goal add | list | remove`

use anyhow::Context;
use clap::{Args, Subcommand};
use millrace_catalog::NewGoal;
use millrace_event::{Currency, SiteId};
use millrace_query::GoalKind;

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with goals.
#[derive(Debug, Subcommand)]
pub enum GoalCommand {
    /// Add a goal: an event, a page, or a page seen to a percentage of its height
    Add(AddArgs),
    /// List the goals
    List {
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Remove a goal
    Remove {
        /// The goal's id, as 'goal list' shows it
        id: u32,
        /// The site
        #[arg(long)]
        site: String,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// A new goal.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The name it is shown by
    name: String,
    /// The site
    #[arg(long)]
    site: String,
    /// The event that reaches it
    #[arg(long, value_name = "NAME", required_unless_present = "page", conflicts_with = "page")]
    event: Option<String>,
    /// The page that reaches it; '*' stands for anything but a slash, '**' for anything
    #[arg(long, value_name = "PATH")]
    page: Option<String>,
    /// How far down the page, 1 to 100
    #[arg(long, requires = "page", conflicts_with = "event")]
    percent: Option<u8>,
    /// The currency of the revenue it is worth, such as EUR
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,
    /// Whose.
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the subcommand.
pub async fn run(command: GoalCommand) -> anyhow::Result<()> {
    match command {
        GoalCommand::Add(args) => add(args).await,
        GoalCommand::List { site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let directory = catalog.directory();
            let site = directory.site(&site).with_context(|| format!("there is no site '{site}'"))?;
            for saved in directory.goals(&site.id).all() {
                let reached_by = match &saved.kind {
                    GoalKind::Event(event) => format!("event {event}"),
                    GoalKind::Page(page) => format!("page {page}"),
                    GoalKind::Scroll(page, percent) => format!("page {page} to {percent} %"),
                };
                let worth = saved.currency.as_ref().map_or("-", Currency::as_str);
                println!(
                    "{}\t{}\t{reached_by}\t{worth}\tsince {}",
                    saved.id, saved.goal.name, saved.updated_at
                );
            }
            Ok(())
        }
        GoalCommand::Remove { id, site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let removed = catalog.remove_goal(&SiteId::new(site.clone())?, id).await?;
            anyhow::ensure!(removed, "site '{site}' has no goal {id}: 'millrace goal list' shows them");
            println!("goal {id} of site '{site}' is removed");
            Ok(())
        }
    }
}

async fn add(args: AddArgs) -> anyhow::Result<()> {
    let kind = match (args.event, args.page, args.percent) {
        (Some(event), ..) => GoalKind::Event(event),
        (None, Some(page), None) => GoalKind::Page(page),
        (None, Some(page), Some(percent)) => GoalKind::Scroll(page, percent),
        (None, None, _) => anyhow::bail!("name an --event or a --page"),
    };
    let goal = NewGoal::new(&args.name, kind, args.currency)?;
    let catalog = open_catalog(&args.data.config()?).await?;
    let id = catalog.add_goal(&SiteId::new(args.site.clone())?, &goal).await?;
    println!("goal {id} of site '{}' is added: {}", args.site, goal.name());
    Ok(())
}
