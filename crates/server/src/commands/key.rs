//! `millrace key add | list | revoke`

use clap::Subcommand;
use millrace_catalog::key::{KeyId, KeyKind};
use millrace_event::SiteId;

use crate::cli::DataArgs;
use crate::parts::open_catalog;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key; its secret is shown this once
    Add {
        /// The site it is for
        #[arg(long)]
        site: String,
        /// What it allows: write (send events), read (reports), admin (both)
        #[arg(long, default_value = "write")]
        kind: KeyKind,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// List keys, without their secrets
    List {
        /// Of this site only
        #[arg(long)]
        site: Option<String>,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Revoke a key; a running server refuses it within two seconds
    Revoke {
        /// The key's id, as 'key list' shows it
        id: KeyId,
        /// Whose.
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Runs the subcommand.
pub async fn run(command: KeyCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Add { site, kind, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let new = catalog.add_key(&SiteId::new(site)?, kind).await?;
            eprintln!(
                "key {} ({kind}) for site '{}'; keep it now, it is not shown again:",
                new.key.id, new.key.site
            );
            println!("{}", new.secret);
            Ok(())
        }
        KeyCommand::List { site, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            let site = site.map(SiteId::new).transpose()?;
            for key in catalog.keys(site.as_ref()).await? {
                let revoked = key.revoked_at.map(|at| format!("\trevoked {at}")).unwrap_or_default();
                println!(
                    "{}\t{}\t{}\t{}…\tsince {}{revoked}",
                    key.id, key.site, key.kind, key.hint, key.created_at
                );
            }
            Ok(())
        }
        KeyCommand::Revoke { id, data } => {
            let catalog = open_catalog(&data.config()?).await?;
            anyhow::ensure!(catalog.revoke_key(&id).await?, "there is no key '{id}' that is not revoked yet");
            println!("key {id} is revoked");
            Ok(())
        }
    }
}
