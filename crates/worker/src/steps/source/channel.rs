//! The channel, by the rules of Google Analytics 4's default channel group, in its order
//! (<https://support.google.com/analytics/answer/9756891>, the table of manual traffic, read in 2026), with three
//! additions where Google has no rule:
//!
//! - AI assistants, after the organic channels;
//! - a webmail host as referrer, and `newsletter` as source or medium, are Email;
//! - what no rule takes is Referral, which Google calls Unassigned: somebody linked here.
//!
//! A paid click id is the same as a paid medium. "Matches the list of search sites" means that [`Kind`] is `Search`.

use millrace_event::Channel;

use super::clicks::Click;
use super::lists::Kind;

/// What is known of how a visitor came.
pub(super) struct Traffic<'a> {
    /// The campaign's source, as sent; empty where the referrer told it.
    pub(super) source: &'a str,
    /// What kind of site the source is.
    pub(super) kind: Option<Kind>,
    /// The campaign's medium, as sent.
    pub(super) medium: Option<&'a str>,
    /// The campaign's name, as sent.
    pub(super) campaign: &'a str,
    /// The click id.
    pub(super) click: Option<&'static Click>,
}

/// The channel of a visitor who came from somewhere.
pub(super) fn channel(traffic: &Traffic<'_>) -> Channel {
    let lower = |text: &str| text.trim().to_ascii_lowercase();
    let (source, campaign) = (lower(traffic.source), lower(traffic.campaign));
    let medium = match (traffic.medium, traffic.click) {
        (Some(medium), _) => lower(medium),
        (None, Some(click)) => click.medium.to_owned(),
        (None, None) => String::new(),
    };
    let kind = traffic.kind.or_else(|| traffic.click?.kind);
    let (source, medium) = (source.as_str(), medium.as_str());
    let paid = is_paid(medium) || traffic.click.is_some_and(|click| click.paid && click.medium == "cpc");
    let shopping = kind == Some(Kind::Shopping) || names_shopping(&campaign);
    if campaign.contains("cross-network") {
        return Channel::CrossNetwork;
    }
    if paid {
        match kind {
            _ if shopping => return Channel::PaidShopping,
            Some(Kind::Search) => return Channel::PaidSearch,
            Some(Kind::Social) => return Channel::PaidSocial,
            Some(Kind::Video) => return Channel::PaidVideo,
            _ => {}
        }
    }
    if matches!(medium, "display" | "banner" | "expandable" | "interstitial" | "cpm") {
        return Channel::Display;
    }
    if paid {
        return Channel::PaidOther;
    }
    if shopping {
        return Channel::OrganicShopping;
    }
    let social = ["social", "social-network", "social-media", "sm", "social network", "social media"];
    if kind == Some(Kind::Social) || social.contains(&medium) {
        return Channel::OrganicSocial;
    }
    if kind == Some(Kind::Video) || medium.contains("video") {
        return Channel::OrganicVideo;
    }
    if kind == Some(Kind::Search) || medium == "organic" {
        return Channel::OrganicSearch;
    }
    if kind == Some(Kind::Ai) {
        return Channel::AiAssistants;
    }
    let mail = |text: &str| matches!(text, "email" | "e-mail" | "e_mail" | "e mail");
    if mail(source) || mail(medium) {
        return Channel::Email;
    }
    match medium {
        "affiliate" | "affiliates" => return Channel::Affiliates,
        "referral" | "app" | "link" => return Channel::Referral,
        "audio" => return Channel::Audio,
        _ => {}
    }
    if source == "sms" || medium == "sms" {
        return Channel::Sms;
    }
    let push = medium.ends_with("push") || medium.contains("mobile") || medium.contains("notification");
    if push || source == "firebase" {
        return Channel::MobilePush;
    }
    let newsletter = source.contains("newsletter") || medium.contains("newsletter");
    if kind == Some(Kind::Email) || newsletter {
        return Channel::Email;
    }
    Channel::Referral
}

/// `^(.*cp.*|ppc|retargeting|paid.*)$`
fn is_paid(medium: &str) -> bool {
    medium.contains("cp") || medium == "ppc" || medium == "retargeting" || medium.starts_with("paid")
}

/// `^(.*(([^a-df-z]|^)shop|shopping).*)$`
fn names_shopping(campaign: &str) -> bool {
    let alone = |(at, _): (usize, &str)| {
        let before = campaign[..at].chars().next_back();
        before.is_none_or(|c| !matches!(c, 'a'..='d' | 'f'..='z'))
    };
    campaign.contains("shopping") || campaign.match_indices("shop").any(alone)
}
