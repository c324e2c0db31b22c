//! Every reason, in words, and what a replay makes of it.

/// An event that was counted before.
pub const DUPLICATE: &str = "duplicate";

/// Why events are discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable word.
    pub name: &'static str,
    /// A sentence about events that are discarded for it.
    pub description: &'static str,
    /// What a replay does.
    pub replay: Replay,
}

/// What becomes of an event that is put back on the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It is judged by the rules as they are then.
    Judged,
    /// The rule asks for the address, which is not kept: it passes that rule, whatever that says.
    Passes,
    /// It is never put back.
    Never,
}

const REASONS: [Reason; 7] = [
    Reason {
        name: DUPLICATE,
        description: "The site has an event with the same id already.",
        replay: Replay::Never,
    },
    Reason {
        name: "robot",
        description: "The user agent is that of a robot: a crawler, a monitor, a browser without a person.",
        replay: Replay::Judged,
    },
    Reason {
        name: "data_center",
        description: "The address belongs to a data centre.",
        replay: Replay::Passes,
    },
    Reason {
        name: "spam_referrer",
        description: "The referrer is a site that advertises itself in other sites' statistics.",
        replay: Replay::Judged,
    },
    Reason {
        name: "internal_address",
        description: "The address is one of the site owner's own.",
        replay: Replay::Passes,
    },
    Reason {
        name: "internal_hostname",
        description: "The page is on a host that the site's settings leave out.",
        replay: Replay::Judged,
    },
    Reason {
        name: "internal_path",
        description: "The page's path is one that the site's settings leave out.",
        replay: Replay::Judged,
    },
];

impl Reason {
    /// The reason of this name. One that this version does not know, since a newer one wrote it, says so.
    pub fn named(name: &str) -> Self {
        const UNKNOWN: Reason = Reason {
            name: "",
            description: "This version has no words for the reason.",
            replay: Replay::Judged,
        };
        REASONS.into_iter().find(|reason| reason.name == name).unwrap_or(UNKNOWN)
    }
}
