use millrace_event::Device;

use super::*;

/// What real browsers send: share of traffic, kind of device as their maker's list has it, user agent.
const BROWSERS: &str = include_str!("../../../tests/data/user_agents.txt");

#[test]
fn a_table_of_user_agents() {
    let patterns = Patterns::new();
    let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0";
    let webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
    for (text, expected) in [
        (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"), "Chrome 128|Windows 10|Desktop"),
        (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 Edg/128.0.0.0"), "Edge 128|Windows 10|Desktop"),
        (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36 OPR/114.0.0.0"), "Opera 114|Windows 10|Desktop"),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko".into(), "Internet Explorer 11|Windows 7|Desktop"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".into(), "Firefox 128|Linux|Desktop"),
        (format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Version/17.4 Safari/605.1.15"), "Safari 17.4|macOS 10.15|Desktop"),
        (format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Version/18.0 Safari/605.1.15"), "Safari 18|macOS 10.15|Desktop"),
        (format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) {webkit} Version/17.4.1 Mobile/15E148 Safari/604.1"), "Safari 17.4|iOS 17.4|Mobile"),
        (format!("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) {webkit} Version/16.6 Mobile/15E148 Safari/604.1"), "Safari 16.6|iOS 16.6|Tablet"),
        (format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {webkit} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1"), "Chrome 126|iOS 17.5|Mobile"),
        (format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {webkit} FxiOS/128.0 Mobile/15E148 Safari/605.1.15"), "Firefox 128|iOS 17.5|Mobile"),
        (format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {webkit} Mobile/15E148"), "Safari (in-app)|iOS 17.5|Mobile"),
        (format!("Mozilla/5.0 (Linux; Android 10; K) {chrome} Mobile Safari/537.36"), "Chrome 128|Android 10|Mobile"),
        (format!("Mozilla/5.0 (Linux; Android 10; K) {chrome} Safari/537.36"), "Chrome 128|Android 10|Tablet"),
        (format!("Mozilla/5.0 (Linux; Android 13; SM-T870) {chrome} Safari/537.36"), "Chrome 128|Android 13|Tablet"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0".into(), "Firefox 128|Android 14|Mobile"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36".into(), "Samsung Internet 25|Android 14|Mobile"),
        (format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {chrome} Safari/537.36"), "Chrome 128|ChromeOS 14541|Desktop"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1".into(), "Safari 6|Tizen 6|TV"),
        ("Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15".into(), "Safari 15.4||Console"),
        ("curl/8.5.0".into(), "curl 8.5||"),
        (String::new(), "||"),
        ("\u{1f600}".into(), "||"),
    ] {
        let agent = patterns.agent(&text);
        let pair = |name: &Option<ByteString>, version: &Option<ByteString>| {
            [name.as_deref(), version.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let browser = pair(&agent.browser, &agent.browser_version);
        let os = pair(&agent.os, &agent.os_version);
        let device = agent.device.map_or("", Device::as_str);
        assert_eq!(format!("{browser}|{os}|{device}"), expected, "{text}");
    }
}

#[test]
fn real_browsers_are_known_and_their_devices_agree() {
    let patterns = Patterns::new();
    let (mut all, mut wrong) = (0u64, Vec::new());
    let mut disagreeing = 0;
    for line in BROWSERS.lines() {
        let parts: Vec<&str> = line.splitn(3, '\t').collect();
        let weight: u64 = parts[0].parse().expect("a weight");
        let agent = patterns.agent(parts[2]);
        let device = agent.device.map(|device| device.as_str().to_lowercase());
        all += weight;
        if agent.browser.is_none() || agent.os.is_none() || device.as_deref() != Some(parts[1]) {
            disagreeing += weight;
            wrong.push((agent, line));
        }
    }
    // Their list judges by the screen, too, so that a tablet that calls itself a Mac is one there.
    assert!(disagreeing * 100 < all * 2, "{disagreeing} of {all}: {wrong:#?}");
}

#[test]
fn hostile_user_agents_cost_little_and_say_nothing_long() {
    let patterns = Patterns::new();
    let hostile = [
        "(a+)+".repeat(20_000),
        format!("Mozilla/5.0 ({}", "Android ".repeat(8_000)),
        "Chrome/9".repeat(8_000),
        format!("Chrome/{} Version/{}", "9".repeat(500), "8".repeat(500)),
        "ä".repeat(64 << 10),
        "\u{0}\u{7f}\r\n".repeat(1_000),
    ];
    for text in hostile {
        let start = std::time::Instant::now();
        let agent = patterns.agent(&text);
        // Microseconds; the bound is for an unoptimised build on a busy machine.
        assert!(start.elapsed().as_millis() < 200, "{:?}", start.elapsed());
        for part in [agent.browser, agent.browser_version, agent.os, agent.os_version].into_iter().flatten() {
            assert!(part.len() <= 60, "{part}");
        }
    }
}
