//! Logs and metrics.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use millrace_queue::{ConsumerGroup, Queue};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};
use crate::tallies::{Tallies, Tallying};

/// Starts logging to standard error.
pub(crate) fn start_logs(config: &Log) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&config.filter).with_context(|| format!("log.filter '{}'", config.filter))?;
    let colours = std::io::stderr().is_terminal();
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logs: {error}"))
}

/// Starts collecting metrics; the handle renders them as Prometheus text, the tallies are what the dashboard shows.
pub(crate) fn start_metrics() -> anyhow::Result<(PrometheusHandle, Arc<Tallies>)> {
    let seconds = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
        10.0, 30.0,
    ];
    let counts = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4, 5e4, 1e5, 5e5];
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
        .and_then(|builder| builder.set_buckets(&counts))
        .context("metrics")?;
    let prometheus = builder.build_recorder();
    let handle = prometheus.handle();
    let tallies = Arc::new(Tallies::default());
    let recorder = Tallying { prometheus, tallies: Arc::clone(&tallies) };
    metrics::set_global_recorder(recorder).map_err(|error| anyhow::anyhow!("metrics: {error}"))?;
    Ok((handle, tallies))
}

/// Keeps the figures that nobody's action moves: the queue's lag, once a second, where this process has a queue.
pub(crate) async fn watch(queue: Option<Arc<dyn Queue>>, group: ConsumerGroup, metrics: PrometheusHandle) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Some(queue) = &queue {
            look(queue.as_ref(), &group).await;
        }
        metrics.run_upkeep();
    }
}

/// Lag per partition and of all, and the dead letters. Partitions are few, and no client makes one.
async fn look(queue: &dyn Queue, group: &ConsumerGroup) {
    if let Ok(lags) = queue.lags(group).await {
        let seconds = |age: Option<Duration>| age.map_or(0.0, |age| age.as_secs_f64());
        for lag in &lags {
            let labels = [("group", group.to_string()), ("partition", lag.partition.to_string())];
            metrics::gauge!("millrace_queue_partition_lag_records", &labels).set(lag.lag.records as f64);
            metrics::gauge!("millrace_queue_partition_lag_seconds", &labels).set(seconds(lag.lag.oldest));
            if let Some(pending) = lag.pending {
                metrics::gauge!("millrace_queue_partition_pending_records", &labels).set(pending as f64);
            }
        }
        let records: u64 = lags.iter().map(|lag| lag.lag.records).sum();
        metrics::gauge!("millrace_queue_lag_records").set(records as f64);
        let oldest = lags.iter().filter_map(|lag| lag.lag.oldest).max();
        metrics::gauge!("millrace_queue_lag_seconds").set(seconds(oldest));
    }
    if let Ok(letters) = queue.count_dead_letters().await {
        metrics::gauge!("millrace_queue_dead_letters").set(letters as f64);
    }
}
