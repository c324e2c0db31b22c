//! What PostHog's clients read: no flags, no recording, nothing to be loaded from elsewhere.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::answer::json;

/// `/array/<token>/config`.
pub(crate) fn config(token: &str) -> Response {
    json(StatusCode::OK, &remote_config(token))
}

/// `/array/<token>/config.js`, which the page runs. `token` is known, and so made of harmless characters; it is
/// escaped all the same.
pub(crate) fn config_script(token: &str) -> Response {
    let (name, config) = (Value::from(token), remote_config(token));
    let script = format!(
        "(function(){{window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}};\
         window._POSTHOG_REMOTE_CONFIG[{name}]={{config:{config},siteApps:[]}};}})();"
    );
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    (StatusCode::OK, [kind], script).into_response()
}

/// `/flags` and `/decide`: there are none.
pub(crate) fn flags() -> Response {
    let mut body = remote_config("");
    body["flags"] = json!({});
    body["featureFlags"] = json!({});
    body["featureFlagPayloads"] = json!({});
    body["errorsWhileComputingFlags"] = false.into();
    body["config"] = json!({ "enable_collect_everything": true });
    json(StatusCode::OK, &body)
}

/// `/s/`: what it always is.
pub(crate) fn recording() -> Response {
    json(StatusCode::OK, &json!({ "status": 1 }))
}

fn remote_config(token: &str) -> Value {
    json!({
        "token": token,
        "supportedCompression": ["gzip", "gzip-js", "base64"],
        "hasFeatureFlags": false,
        "captureDeadClicks": false,
        "capturePerformance": false,
        "autocapture_opt_out": false,
        "autocaptureExceptions": false,
        "analytics": { "endpoint": "/i/v0/e/" },
        "elementsChainAsString": true,
        "errorTracking": { "autocaptureExceptions": false, "suppressionRules": [] },
        "sessionRecording": false,
        "heatmaps": false,
        "surveys": false,
        "productTours": false,
        "conversations": false,
        "defaultIdentifiedOnly": true,
        "toolbarParams": {},
        "editorParams": {},
        "isAuthenticated": false,
        "siteApps": [],
    })
}
