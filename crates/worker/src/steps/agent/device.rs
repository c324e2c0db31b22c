//! What kind of device a user agent is of. uap-core knows brands and models; the kind is told by words that makers
//! put into user agents, tried from the most particular to the least.

use millrace_event::Device;

/// In this order: a television says `Linux` too, a tablet `Android`, and a console may say `Windows NT`.
const WORDS: [(Device, &[&str]); 6] = [
    (
        Device::Tv,
        &[
            "smart-tv",
            "smarttv",
            "smart tv",
            "hbbtv",
            "appletv",
            "apple tv",
            "tvos",
            "googletv",
            "google tv",
            "android tv",
            "androidtv",
            "bravia",
            "netcast",
            "web0s",
            "webos.tv",
            "roku",
            "crkey",
            "viera",
            "vidaa",
            "dtv;",
            "philipstv",
            "aquos",
            "tizen/tv",
            "large screen",
            "; aft",
            "tv bro",
            "mitv",
            "mibox",
            "nettv",
        ],
    ),
    (
        Device::Console,
        &["playstation", "xbox", "nintendo", "steam deck", "steamdeck", "valve steam gameoverlay"],
    ),
    (
        Device::Wearable,
        &[
            "watchos",
            "apple watch",
            "watch os",
            "wear os",
            "sm-r8",
            "sm-r9",
            "oculusbrowser",
            "oculus",
            "quest ",
            "pico ",
            "glass 1",
        ],
    ),
    (
        Device::Tablet,
        &[
            "ipad",
            "tablet",
            "playbook",
            "kindle",
            "silk-accelerated",
            "; kf",
            "sm-t",
            "sm-x",
            "sm-p",
            "gt-p",
            "nexus 7",
            "nexus 9",
            "nexus 10",
            "pixel c",
            "lenovo tb",
            "lenovo yt",
            "mediapad",
            "mi pad",
            "touchpad",
            "xoom",
            "hp-tablet",
        ],
    ),
    (
        Device::Mobile,
        &[
            "iphone",
            "ipod",
            "windows phone",
            "blackberry",
            "bb10",
            "opera mini",
            "opera mobi",
            "kaios",
            "symbian",
            "series60",
            "midp",
            "iemobile",
            "mobile",
            "webos/",
            "bada",
        ],
    ),
    (
        Device::Desktop,
        &["windows nt", "windows 9", "win98", "macintosh", "x11", "cros", "linux x86_64", "linux i686"],
    ),
];

/// The kind of device; nothing where no word says so, as for programs.
pub(super) fn device(text: &str) -> Option<Device> {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let found = WORDS.iter().find(|(_, words)| says(words)).map(|(device, _)| *device);
    // An Android browser says `Mobile` on a phone and leaves it out on a tablet. `X11` and the like come after.
    let android = text.contains("android") && !text.contains("windows");
    match found {
        None | Some(Device::Desktop) if android => Some(Device::Tablet),
        found => found,
    }
}
