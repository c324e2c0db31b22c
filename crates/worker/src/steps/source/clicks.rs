//! Parameters that a network adds to the links it sends visitors through: a paid click, or a mail.

use super::lists::Kind;

/// What a click id says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Click {
    parameter: &'static str,
    /// The network's name, in the lists where it has a site.
    pub(super) source: &'static str,
    /// What the network is, where the lists do not tell.
    pub(super) kind: Option<Kind>,
    /// An advertiser paid for it.
    pub(super) paid: bool,
    /// The medium that goes without saying.
    pub(super) medium: &'static str,
}

const fn paid(parameter: &'static str, source: &'static str, kind: Option<Kind>) -> Click {
    Click { parameter, source, kind, paid: true, medium: "cpc" }
}

const fn mail(parameter: &'static str, source: &'static str) -> Click {
    Click { parameter, source, kind: Some(Kind::Email), paid: false, medium: "email" }
}

const fn partner(parameter: &'static str, source: &'static str) -> Click {
    Click { parameter, source, kind: None, paid: false, medium: "affiliate" }
}

static CLICKS: [Click; 33] = [
    paid("gclid", "Google", Some(Kind::Search)),
    paid("gbraid", "Google", Some(Kind::Search)),
    paid("wbraid", "Google", Some(Kind::Search)),
    paid("gad_source", "Google", Some(Kind::Search)),
    Click { medium: "display", ..paid("dclid", "Google Ads", None) },
    paid("msclkid", "Bing", Some(Kind::Search)),
    paid("yclid", "Yandex", Some(Kind::Search)),
    paid("ttclid", "TikTok", Some(Kind::Social)),
    paid("twclid", "X", Some(Kind::Social)),
    paid("li_fat_id", "LinkedIn", Some(Kind::Social)),
    paid("rdt_cid", "Reddit", Some(Kind::Social)),
    paid("ScCid", "Snapchat", Some(Kind::Social)),
    paid("sccid", "Snapchat", Some(Kind::Social)),
    paid("epik", "Pinterest", Some(Kind::Social)),
    paid("qclid", "Quora", Some(Kind::Social)),
    paid("tblci", "Taboola", None),
    paid("dicbo", "Outbrain", None),
    Click {
        parameter: "fbclid",
        source: "Facebook",
        kind: Some(Kind::Social),
        paid: false,
        medium: "referral",
    },
    Click {
        parameter: "igshid",
        source: "Instagram",
        kind: Some(Kind::Social),
        paid: false,
        medium: "referral",
    },
    Click {
        parameter: "igsh",
        source: "Instagram",
        kind: Some(Kind::Social),
        paid: false,
        medium: "referral",
    },
    Click { parameter: "ysclid", source: "Yandex", kind: Some(Kind::Search), paid: false, medium: "organic" },
    Click {
        parameter: "srsltid",
        source: "Google",
        kind: Some(Kind::Search),
        paid: false,
        medium: "organic",
    },
    mail("mc_cid", "Mailchimp"),
    mail("mc_eid", "Mailchimp"),
    mail("_hsenc", "HubSpot"),
    mail("_kx", "Klaviyo"),
    mail("vero_id", "Vero"),
    mail("ml_subscriber", "MailerLite"),
    mail("ck_subscriber_id", "ConvertKit"),
    partner("irclickid", "Impact"),
    partner("awc", "Awin"),
    partner("cjevent", "CJ"),
    partner("admitad_uid", "Admitad"),
];

impl Click {
    /// What the parameter `key` says, unless what is known already says more: a paid click.
    pub(super) fn better(known: Option<&'static Self>, key: &str) -> Option<&'static Self> {
        // Most parameters are none of these; their lengths tell most of them.
        if known.is_some_and(|known| known.paid) || !(3..=16).contains(&key.len()) {
            return known;
        }
        let found = CLICKS.iter().find(|click| click.parameter == key);
        found.filter(|found| known.is_none() || found.paid).or(known)
    }
}
