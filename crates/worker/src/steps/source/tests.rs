use millrace_event::{Event, EventId, MadeId, SiteId, Timestamp, Utm};

use super::*;

/// The source and channel of a page and a referrer, after `normalise`'s part of the work.
fn found(step: &FindSource, url: &str, referrer: &str) -> Option<(String, Channel)> {
    let page = page::Page::take_apart(url);
    let part = |part: Option<Cow<'_, str>>| part.map(|part| ByteString::from(&*part));
    let id = EventId::Made(MadeId { process: 1, count: 1 });
    let site = SiteId::new("demo".to_owned()).expect("a site id");
    let mut event = Event::new(site, id, "pageview", Timestamp::from_millis(0));
    event.referrer = page::referrer(referrer, page.host.as_deref()).map(|kept| (&*kept).into());
    event.utm = Utm {
        source: part(page.utm_source.clone()),
        medium: part(page.utm_medium.clone()),
        campaign: part(page.utm_campaign.clone()),
        ..Utm::default()
    };
    let draft = Draft { url: Some(url.into()), ..Draft::new(event) };
    step.find(&draft).map(|(source, channel)| (source.to_string(), channel))
}

#[test]
fn pages_and_referrers_have_a_source_and_a_channel() {
    use Channel::*;
    let step = FindSource::new();
    for (query, referrer, expected) in [
        // Nothing is known.
        ("", "", None),
        ("?q=1", "", None),
        ("", "https://example.com/other", None),
        ("", "not a url", None),
        // The referrer.
        ("", "https://www.google.com/", Some(("Google", OrganicSearch))),
        ("", "https://www.google.de/search?q=x", Some(("Google", OrganicSearch))),
        ("", "https://duckduckgo.com/", Some(("DuckDuckGo", OrganicSearch))),
        ("", "https://l.facebook.com/l.php?u=x", Some(("Facebook", OrganicSocial))),
        ("", "https://t.co/abc", Some(("X", OrganicSocial))),
        ("", "https://news.ycombinator.com/item?id=1", Some(("Hacker News", OrganicSocial))),
        ("", "https://www.youtube.com/watch?v=1", Some(("YouTube", OrganicVideo))),
        ("", "https://www.amazon.co.uk/dp/1", Some(("Amazon", OrganicShopping))),
        ("", "https://chatgpt.com/", Some(("ChatGPT", AiAssistants))),
        ("", "https://www.perplexity.ai/search/x", Some(("Perplexity", AiAssistants))),
        ("", "https://claude.ai/", Some(("Claude", AiAssistants))),
        ("", "https://mail.google.com/mail/u/0/", Some(("Gmail", Email))),
        ("", "https://blog.other.example/post", Some(("blog.other.example", Referral))),
        ("", "https://www.other.example/", Some(("other.example", Referral))),
        ("", "android-app://com.google.android.gm/", Some(("Gmail", Email))),
        (
            "",
            "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
            Some(("Google", OrganicSearch)),
        ),
        ("", "android-app://org.example.reader", Some(("org.example.reader", Referral))),
        // The campaign goes before the referrer.
        ("?utm_source=chatgpt.com", "", Some(("ChatGPT", AiAssistants))),
        ("?utm_source=fb&utm_medium=social", "https://t.co/x", Some(("Facebook", OrganicSocial))),
        ("?utm_source=News&utm_medium=email", "https://www.google.com/", Some(("News", Email))),
        ("?utm_source=newsletter", "", Some(("newsletter", Email))),
        ("?utm_source=partner", "", Some(("partner", Referral))),
        ("?ref=producthunt", "", Some(("Product Hunt", OrganicSocial))),
        ("?ref=nobody&source=somebody", "", Some(("somebody", Referral))),
        ("?utm_source=one&ref=two", "", Some(("one", Referral))),
        ("?ref=", "", None),
        ("?utm_medium=referral", "", Some(("(not set)", Referral))),
        ("?utm_campaign=spring", "https://www.google.com/", Some(("Google", OrganicSearch))),
        // GA4's rules, in their order.
        ("?utm_source=google&utm_medium=cpc&utm_campaign=Cross-network", "", Some(("Google", CrossNetwork))),
        ("?utm_source=google&utm_medium=cpc&utm_campaign=Shopping%20EU", "", Some(("Google", PaidShopping))),
        ("?utm_source=google&utm_medium=cpc&utm_campaign=workshop", "", Some(("Google", PaidSearch))),
        ("?utm_source=google&utm_medium=cpc&utm_campaign=e-shop", "", Some(("Google", PaidShopping))),
        ("?utm_source=amazon&utm_medium=ppc", "", Some(("Amazon", PaidShopping))),
        ("?utm_source=google&utm_medium=cpc", "", Some(("Google", PaidSearch))),
        ("?utm_source=bing&utm_medium=paidsearch", "", Some(("Bing", PaidSearch))),
        ("?utm_source=google&utm_medium=retargeting", "", Some(("Google", PaidSearch))),
        ("?utm_source=facebook&utm_medium=paid_social", "", Some(("Facebook", PaidSocial))),
        ("?utm_source=ig&utm_medium=CPM", "", Some(("Instagram", PaidSocial))),
        ("?utm_source=youtube&utm_medium=cpv_cpm", "", Some(("YouTube", PaidVideo))),
        ("?utm_source=taz&utm_medium=banner", "", Some(("taz", Display))),
        ("?utm_source=taz&utm_medium=cpm", "", Some(("taz", Display))),
        ("?utm_source=taz&utm_medium=cpc", "", Some(("taz", PaidOther))),
        ("?utm_source=taz&utm_campaign=winter_shop", "", Some(("taz", OrganicShopping))),
        ("?utm_source=ebay", "", Some(("eBay", OrganicShopping))),
        ("?utm_source=taz&utm_medium=sm", "", Some(("taz", OrganicSocial))),
        ("?utm_source=taz&utm_medium=Social%20Media", "", Some(("taz", OrganicSocial))),
        ("?utm_source=vimeo&utm_medium=embed", "", Some(("Vimeo", OrganicVideo))),
        ("?utm_source=taz&utm_medium=video-ad", "", Some(("taz", OrganicVideo))),
        ("?utm_source=taz&utm_medium=organic", "", Some(("taz", OrganicSearch))),
        ("?utm_source=e-mail&utm_medium=x", "", Some(("e-mail", Email))),
        ("?utm_source=x1&utm_medium=E%20Mail", "", Some(("x1", Email))),
        ("?utm_source=taz&utm_medium=affiliate", "", Some(("taz", Affiliates))),
        ("?utm_source=taz&utm_medium=app", "", Some(("taz", Referral))),
        ("?utm_source=taz&utm_medium=audio", "", Some(("taz", Audio))),
        ("?utm_source=sms", "", Some(("sms", Sms))),
        ("?utm_source=taz&utm_medium=sms", "", Some(("taz", Sms))),
        ("?utm_source=taz&utm_medium=web-push", "", Some(("taz", MobilePush))),
        ("?utm_source=taz&utm_medium=mobile-notification", "", Some(("taz", MobilePush))),
        ("?utm_source=firebase", "", Some(("firebase", MobilePush))),
        // Click ids.
        ("?gclid=x", "", Some(("Google", PaidSearch))),
        ("?gclid=x", "https://www.google.com/", Some(("Google", PaidSearch))),
        ("?wbraid=x", "https://other.example/", Some(("Google", PaidSearch))),
        ("?utm_source=google&utm_medium=organic&gclid=x", "", Some(("Google", PaidSearch))),
        ("?msclkid=x", "https://www.bing.com/", Some(("Bing", PaidSearch))),
        ("?dclid=x", "", Some(("Google Ads", Display))),
        ("?ttclid=x", "", Some(("TikTok", PaidSocial))),
        ("?twclid=x&fbclid=y", "", Some(("X", PaidSocial))),
        ("?li_fat_id=x", "", Some(("LinkedIn", PaidSocial))),
        ("?tblci=x", "", Some(("Taboola", PaidOther))),
        ("?fbclid=x", "", Some(("Facebook", OrganicSocial))),
        ("?fbclid=x", "https://l.instagram.com/", Some(("Instagram", OrganicSocial))),
        ("?fbclid=x&utm_source=fb&utm_medium=cpc", "", Some(("Facebook", PaidSocial))),
        ("?mc_cid=x", "", Some(("Mailchimp", Email))),
        ("?irclickid=x", "", Some(("Impact", Affiliates))),
        ("?gclid=", "", None),
    ] {
        let url = format!("https://example.com/{query}");
        let result = found(&step, &url, referrer);
        let result = result.as_ref().map(|(source, channel)| (source.as_str(), *channel));
        assert_eq!(result, expected, "{query} {referrer}");
    }
}

#[test]
fn hostile_parameters_cost_little_and_stay_within_bounds() {
    let step = FindSource::new();
    let (source, _) = found(&step, &format!("/?ref={}", "%F0%9F%98%80".repeat(500)), "").expect("a source");
    assert!(source.len() <= MOST_SOURCE && source.starts_with('😀'));
    assert_eq!(found(&step, &format!("/?{}", "&=&a=b".repeat(300)), ""), None);
}
