use super::*;

/// What crawlers send, an example of each pattern.
const CRAWLERS: &str = include_str!("../../../tests/data/crawlers.txt");
/// What real browsers send: share of traffic, kind of device, user agent.
const BROWSERS: &str = include_str!("../../../tests/data/user_agents.txt");

#[test]
fn crawlers_are_robots() {
    let robots = Robots::new();
    let missed: Vec<&str> = CRAWLERS.lines().filter(|text| robots.find(text).is_none()).collect();
    // What is left are HTTP libraries, which send events on purpose.
    let clients = missed.iter().filter(|text| clients::is_client(text)).count();
    assert_eq!(clients, missed.len(), "{missed:#?}");
    assert!(missed.len() < 60, "{}: {missed:#?}", missed.len());
}

#[test]
fn browsers_are_none() {
    let robots = Robots::new();
    let wrong: Vec<_> = BROWSERS
        .lines()
        .filter_map(|line| line.splitn(3, '\t').nth(2))
        .filter_map(|text| Some((robots.find(text)?, text)))
        .collect();
    assert_eq!(wrong, [], "{} browsers", wrong.len());
}

#[test]
fn a_table_of_both() {
    let robots = Robots::new();
    for (text, robot) in [
        ("", false),
        ("curl/8.5.0", false),
        ("Wget/1.21", false),
        ("python-requests/2.32.3", false),
        ("Python/3.12 aiohttp/3.9.1", false),
        ("Go-http-client/1.1", false),
        ("node", false),
        ("axios/1.7.2", false),
        ("okhttp/4.12.0", false),
        ("Shop/3.1 CFNetwork/1490.0.4 Darwin/23.2.0", false),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)", false),
        ("posthog-python/3.5.0", false),
        ("millrace/0.1.0", false),
        ("Java/17.0.2", false),
        ("test", false),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", false),
        (
            "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            false,
        ),
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", true),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", true),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            true,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
            true,
        ),
        (
            "Mozilla/5.0 (Unknown; Linux) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
            true,
        ),
        ("UptimeRobot/2.0", true),
        ("Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)", true),
        ("python-requests/2.31 (compatible; ExampleBot/1.0)", true),
        ("Mozilla/5.0 (Macintosh) Chrome-Lighthouse", true),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", true),
    ] {
        assert_eq!(robots.find(text).is_some(), robot, "{text}: {:?}", robots.find(text));
    }
}

#[test]
fn a_hostile_text_costs_little() {
    let robots = Robots::new();
    for text in ["(a+)+".repeat(20_000), "bot".repeat(30_000), "\u{fffd}".repeat(30_000), "/".repeat(65_536)]
    {
        let start = std::time::Instant::now();
        robots.find(&text);
        // A tenth of a second would be a hundred times what it takes, unoptimised.
        assert!(start.elapsed().as_millis() < 100, "{:?}", start.elapsed());
    }
}

#[test]
fn plain_patterns_are_texts() {
    for (pattern, text) in [
        ("Googlebot\\/", Some("Googlebot/")),
        ("Ahrefs(Bot|SiteAudit)", None),
        ("^curl", None),
        ("\\bbw/", None),
        ("a\\.b", Some("a.b")),
        ("a\\", None),
    ] {
        assert_eq!(plain(pattern).as_deref(), text, "{pattern}");
    }
}
