mod oracle;
mod statements;
#[cfg(feature = "testing")]
mod suite;
