//! The measurements, one file each.

pub(crate) mod batch;
pub(crate) mod idle;
pub(crate) mod latency;
pub(crate) mod live;
pub(crate) mod postgres;
pub(crate) mod queries;
pub(crate) mod reports;
pub(crate) mod single;
pub(crate) mod soak;
pub(crate) mod stack;
pub(crate) mod steps;
pub(crate) mod visible;

use std::path::PathBuf;
use std::rc::Rc;

use millrace_event::Timestamp;
use tempfile::TempDir;

use crate::lake::{self, Built};
use crate::report::{Report, thousands};
use crate::server::Start;
use crate::world::{BIG, ONE_PERCENT, Plan};

/// What measurements have in common.
#[derive(Debug)]
pub(crate) struct Bench {
    /// The binary under test.
    pub(crate) binary: PathBuf,
    /// Where folders are made.
    pub(crate) dir: PathBuf,
    /// Shorter and smaller.
    pub(crate) quick: bool,
    /// Folders stay.
    pub(crate) keep: bool,
    /// The results.
    pub(crate) report: Report,
    /// The lake of a month, once somebody has asked for it.
    pub(crate) month: Option<Rc<Month>>,
}

/// A month of many sites in a lake, for all that ask of one and change nothing.
#[derive(Debug)]
pub(crate) struct Month {
    /// Where it is; the sites with 10 % and 1 % are in its catalog.
    pub(crate) folder: Folder,
    /// What is in it.
    pub(crate) built: Built,
}

/// A folder for one data directory, removed when it is dropped: declare it before the server that uses it.
#[derive(Debug)]
pub(crate) struct Folder {
    _dir: TempDir,
    /// The data directory; the server's log is beside it.
    pub(crate) data: PathBuf,
}

impl Bench {
    /// A fresh folder.
    pub(crate) fn folder(&self, name: &str) -> anyhow::Result<Folder> {
        let mut builder = tempfile::Builder::new();
        let dir = builder.prefix(&format!("{name}-")).disable_cleanup(self.keep).tempdir_in(&self.dir)?;
        let data = dir.path().join("data");
        if self.keep {
            eprintln!("  {name}: {}", dir.path().display());
        }
        Ok(Folder { _dir: dir, data })
    }

    /// What the month is made of: 20 million events of 200 sites, thirty days up to now.
    pub(crate) fn plan(&self) -> Plan {
        let events = self.either(20_000_000, 2_000_000);
        Plan { events, days: 30, sites: 200, end: Timestamp::now(), client_ids: false }
    }

    /// The month's lake, built where this is the first to ask.
    pub(crate) async fn month(&mut self) -> anyhow::Result<Rc<Month>> {
        if let Some(month) = &self.month {
            return Ok(Rc::clone(month));
        }
        let plan = self.plan();
        eprintln!("a lake of {} events", thousands(plan.events));
        let folder = self.folder("month")?;
        let built = lake::build(&folder.data.join("lake"), plan).await?;
        let start = Start::new(&self.binary, &folder.data);
        for site in [BIG, ONE_PERCENT] {
            start.add_site(site)?;
        }
        let month = Rc::new(Month { folder, built });
        self.month = Some(Rc::clone(&month));
        Ok(month)
    }

    /// `full`, or `quick` where it has to be quick.
    pub(crate) fn either<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}
