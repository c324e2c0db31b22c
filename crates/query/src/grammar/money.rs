//! Amounts as people read them in English.

/// Symbols of currencies that have one of their own.
const SYMBOLS: [(&str, &str); 18] = [
    ("USD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("BRL", "R$"),
    ("AUD", "A$"),
    ("CAD", "CA$"),
    ("NZD", "NZ$"),
    ("HKD", "HK$"),
    ("MXN", "MX$"),
    ("TWD", "NT$"),
    ("CNY", "CN¥"),
    ("ILS", "₪"),
    ("VND", "₫"),
    ("PHP", "₱"),
    ("XAF", "FCFA "),
];

/// Currencies without minor units, and with three digits of them (ISO 4217).
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Digits after the point.
pub(super) fn digits(currency: &str) -> usize {
    match currency {
        _ if WHOLE.contains(&currency) => 0,
        _ if THOUSANDTHS.contains(&currency) => 3,
        _ => 2,
    }
}

/// The whole amount: `$96,336,315.00`.
pub(super) fn long(amount: f64, currency: &str) -> String {
    let text = format!("{:.*}", digits(currency), amount.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() * 2);
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    signed(amount, currency, &format!("{grouped}{rest}"))
}

/// The amount in short: `$96.3M`; below a thousand the whole amount.
pub(super) fn short(amount: f64, currency: &str) -> String {
    // The steps are where one decimal would round up to the next unit.
    let (scale, unit) = match amount.abs() {
        size if size >= 999_950_000.0 => (1e9, "B"),
        size if size >= 999_950.0 => (1e6, "M"),
        size if size >= 999.995 => (1e3, "K"),
        _ => return long(amount, currency),
    };
    signed(amount, currency, &format!("{:.1}{unit}", amount.abs() / scale))
}

fn signed(amount: f64, currency: &str, text: &str) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    match SYMBOLS.iter().find(|(code, _)| *code == currency) {
        Some((_, symbol)) => format!("{sign}{symbol}{text}"),
        None => format!("{sign}{currency} {text}"),
    }
}
