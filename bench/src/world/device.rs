//! What visitors browse with: programs, systems, screens and languages, in shares as in life.

use bytestring::ByteString;
use millrace_event::{Agent, Device, Screen, ScreenClass};

use crate::dice::{Dice, Weighted};

/// How many different combinations there are at most; what is rare is in a few of them.
const KINDS: usize = 4_096;

/// What somebody browses with.
#[derive(Clone, Debug)]
pub(super) struct Browsing {
    pub(super) agent: Agent,
    pub(super) screen: Screen,
    pub(super) class: ScreenClass,
    pub(super) language: ByteString,
}

/// Combinations, drawn once, so that writing an event is taking one of them.
#[derive(Debug)]
pub(super) struct Devices(Vec<Browsing>);

impl Devices {
    pub(super) fn new() -> Self {
        let mut dice = Dice::new(0xd_e71ce);
        let programs = Weighted::new(PROGRAMS.iter().map(|program| program.weight));
        let languages = Weighted::zipf(LANGUAGES.len(), 1.1);
        let kinds = (0..KINDS).map(|_| {
            let program = &PROGRAMS[programs.draw(&mut dice)];
            let screen = dice.of(match program.device {
                Device::Mobile => &PHONES,
                Device::Tablet => &TABLETS,
                _ => &DESKTOPS,
            });
            Browsing {
                agent: program.agent(&mut dice),
                screen,
                class: match screen.width {
                    ..576 => ScreenClass::Mobile,
                    576..992 => ScreenClass::Tablet,
                    992..1_440 => ScreenClass::Laptop,
                    _ => ScreenClass::Desktop,
                },
                language: ByteString::from_static(LANGUAGES[languages.draw(&mut dice)]),
            }
        });
        Self(kinds.collect())
    }

    /// What the one with this number browses with.
    pub(super) fn of(&self, number: u32) -> &Browsing {
        &self.0[number as usize % KINDS]
    }
}

/// A browser on a system.
struct Program {
    /// Its share, in percent of all.
    weight: f64,
    browser: &'static str,
    /// The newest version; most have it.
    newest: u64,
    os: &'static str,
    /// Its versions, the commonest first; none where the browser does not tell.
    os_versions: &'static [&'static str],
    device: Device,
}

impl Program {
    fn agent(&self, dice: &mut Dice) -> Agent {
        let behind = (dice.wait(1.2) as u64).min(12);
        let versions = self.os_versions;
        let os_version = (!versions.is_empty())
            .then(|| ByteString::from_static(versions[(dice.wait(0.7) as usize).min(versions.len() - 1)]));
        Agent {
            browser: Some(ByteString::from_static(self.browser)),
            browser_version: Some(self.newest.saturating_sub(behind).to_string().into()),
            os: Some(ByteString::from_static(self.os)),
            os_version,
            device: Some(self.device),
        }
    }
}

const fn program(
    weight: f64,
    (browser, newest): (&'static str, u64),
    (os, os_versions): (&'static str, &'static [&'static str]),
    device: Device,
) -> Program {
    Program { weight, browser, newest, os, os_versions, device }
}

const WINDOWS: (&str, &[&str]) = ("Windows", &["10", "11"]);
const MACOS: (&str, &[&str]) = ("macOS", &["10.15"]);
const ANDROID: (&str, &[&str]) = ("Android", &["10", "15", "14", "13"]);
const IOS: (&str, &[&str]) = ("iOS", &["26.1", "18.7", "26.0", "18.6", "17.7"]);
const LINUX: (&str, &[&str]) = ("Linux", &[]);
const CHROME_OS: (&str, &[&str]) = ("Chrome OS", &["14541.0"]);

const PROGRAMS: [Program; 18] = [
    program(22.0, ("Chrome", 148), WINDOWS, Device::Desktop),
    program(8.0, ("Chrome", 148), MACOS, Device::Desktop),
    program(1.5, ("Chrome", 148), LINUX, Device::Desktop),
    program(1.0, ("Chrome", 148), CHROME_OS, Device::Desktop),
    program(24.0, ("Chrome", 148), ANDROID, Device::Mobile),
    program(1.5, ("Chrome", 148), ANDROID, Device::Tablet),
    program(1.5, ("Chrome", 148), IOS, Device::Mobile),
    program(17.0, ("Safari", 26), IOS, Device::Mobile),
    program(2.0, ("Safari", 26), IOS, Device::Tablet),
    program(5.0, ("Safari", 26), MACOS, Device::Desktop),
    program(5.0, ("Edge", 148), WINDOWS, Device::Desktop),
    program(2.5, ("Firefox", 150), WINDOWS, Device::Desktop),
    program(1.2, ("Firefox", 150), LINUX, Device::Desktop),
    program(0.8, ("Firefox", 150), ANDROID, Device::Mobile),
    program(3.0, ("Samsung Internet", 29), ANDROID, Device::Mobile),
    program(2.0, ("Opera", 124), WINDOWS, Device::Desktop),
    program(1.2, ("Yandex Browser", 25), WINDOWS, Device::Desktop),
    program(0.8, ("UC Browser", 13), ANDROID, Device::Mobile),
];

const LANGUAGES: [&str; 20] = [
    "en-US", "de-DE", "en-GB", "fr-FR", "es-ES", "pt-BR", "ja-JP", "zh-CN", "pl-PL", "nl-NL", "it-IT",
    "ru-RU", "en-IN", "sv-SE", "es-MX", "tr-TR", "ko-KR", "cs-CZ", "id-ID", "de-AT",
];

const DESKTOPS: [Screen; 10] = [
    screen(1920, 1080),
    screen(1920, 1080),
    screen(1920, 1080),
    screen(2560, 1440),
    screen(1536, 864),
    screen(1536, 864),
    screen(1366, 768),
    screen(1440, 900),
    screen(1512, 982),
    screen(1280, 720),
];
const PHONES: [Screen; 7] = [
    screen(393, 852),
    screen(390, 844),
    screen(430, 932),
    screen(412, 915),
    screen(360, 800),
    screen(384, 832),
    screen(402, 874),
];
const TABLETS: [Screen; 3] = [screen(820, 1180), screen(768, 1024), screen(800, 1280)];

const fn screen(width: u32, height: u32) -> Screen {
    Screen { width, height }
}
