//! Programs and libraries that speak HTTP, and apps that use them. Who sends an event with one wrote the event: it is
//! counted, unless the user agent goes on to name a robot.

/// Names that a user agent begins with, up to its first `/`, space or `(`; in lower case.
const CLIENTS: &str = "
    curl wget httpie xh aria2 lwp-request libwww-perl lwp::simple mojolicious http-tiny python
    python-requests python-urllib python-urllib3 urllib3 python-httpx httpx aiohttp requests
    go-http-client go-resty fasthttp okhttp okhttp3 retrofit java java-http-client apache-httpclient
    apache-httpasyncclient jersey jetty reactornetty ktor-client ktor spring axios node node-fetch
    node.js node-superagent superagent undici got ky needle bun deno php guzzlehttp guzzle symfony
    wordpress laravel faraday ruby rest-client httparty typhoeus http.rb excon reqwest ureq hyper isahc
    surf rust dart dio alamofire cfnetwork urlsession swift dalvik hackney finch req mint tesla elixir
    erlang dotnet restsharp refit flurl microsoft.net powershell postmanruntime insomnia bruno k6 oha
    wrk apachebench jmeter
";

/// Client libraries of analytics, by what their name begins with.
const ANALYTICS: &[&str] = &[
    "millrace",
    "analytics-",
    "posthog-",
    "umami",
    "plausible",
    "rudderstack",
    "rudder-",
    "jitsu",
    "segment",
    "snowplow",
    "matomo-",
];

/// What the HTTP stacks of mobile systems put at the end of an app's own name.
const STACKS: [&str; 4] = ["CFNetwork/", "Darwin/", "okhttp/", "Dalvik/"];

/// Words that no client needs, wherever they are.
const ROBOTS: [&str; 6] = ["bot", "crawl", "spider", "+http", "scrap", "headless"];

/// Is the user agent that of a program which sends events on purpose?
pub(super) fn is_client(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let end = text.find(['/', ' ', '(']).unwrap_or(text.len());
    let name = text[..end].to_ascii_lowercase();
    let known = CLIENTS.split_ascii_whitespace().any(|client| client == name)
        || ANALYTICS.iter().any(|start| name.starts_with(start));
    if !known && !STACKS.iter().any(|stack| text.contains(stack)) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    !ROBOTS.iter().any(|word| lower.contains(word))
}
