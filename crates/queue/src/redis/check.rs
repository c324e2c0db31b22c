//! What this Redis's settings mean for the promise of a 202.

use redis::Value;

use super::Shared;
use super::reply::{bytes, items};
use crate::QueueError;

impl Shared {
    /// Looks at persistence and eviction. Managed servers hide CONFIG: then INFO says what it can.
    pub(crate) async fn warnings(&self) -> Result<Vec<String>, QueueError> {
        let mut info = redis::cmd("INFO");
        info.arg("persistence");
        // A cluster answers one text a node.
        let info = format!("{:?}", self.ask(&info).await?);
        let append_only = info.contains("aof_enabled:1") && !info.contains("aof_enabled:0");
        let setting = async |name: &str| {
            let mut command = redis::cmd("CONFIG");
            command.arg("GET").arg(name);
            let answer = self.ask(&command).await.ok()?;
            text_after_name(answer)
        };
        let mut warnings = Vec::new();
        if !append_only {
            let snapshots = setting("save").await.is_some_and(|save| !save.is_empty());
            warnings.push(if snapshots {
                "Redis keeps the queue in snapshots only: acknowledged events since the last one are lost when it ends \
                 without warning; set 'appendonly yes' and 'appendfsync always'"
                    .to_owned()
            } else {
                "Redis keeps nothing on disk: every acknowledged event that is not stored yet is lost when it ends; set \
                 'appendonly yes' and 'appendfsync always'"
                    .to_owned()
            });
        } else if let Some(sync) = setting("appendfsync").await.filter(|sync| sync != "always") {
            warnings.push(format!(
                "Redis syncs its file by 'appendfsync {sync}': a power cut may take acknowledged events of the last \
                 second or more; a crash of Redis alone takes none; set 'appendfsync always' where a 202 has to survive \
                 a power cut"
            ));
        }
        if let Some(policy) =
            setting("maxmemory-policy").await.filter(|policy| policy.starts_with("allkeys-"))
        {
            warnings.push(format!(
                "Redis may throw the queue away when it is short of memory ('maxmemory-policy {policy}'): set it to \
                 'noeviction'"
            ));
        }
        Ok(warnings)
    }
}

/// The value in the answer to CONFIG GET with one name, in either version of the protocol.
fn text_after_name(answer: Value) -> Option<String> {
    let value = match answer {
        Value::Map(pairs) => pairs.into_iter().next()?.1,
        other => items(other).into_iter().nth(1)?,
    };
    String::from_utf8(bytes(value)?).ok()
}
