//! What the API's description says of these routes: the ones to point a client at; their other spellings are not
//! listed. Bodies and answers are those of the systems themselves, and `docs/clients.md` says what becomes of them.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(paths(plausible_event))]
pub(super) struct Plausible;

#[derive(OpenApi)]
#[openapi(paths(segment_call, segment_batch, segment_settings, jitsu_event))]
pub(super) struct Segment;

#[derive(OpenApi)]
#[openapi(paths(posthog_batch, posthog_event, posthog_flags, posthog_config))]
pub(super) struct PostHog;

#[derive(OpenApi)]
#[openapi(paths(umami_send, umami_batch))]
pub(super) struct Umami;

macro_rules! described {
    ($($(#[doc = $doc:literal])+ $name:ident: $method:ident $path:literal, $ok:literal $what:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(
                $method,
                path = $path,
                tag = "other clients",
                responses(
                    (status = $ok, description = $what),
                    (status = "4XX", description = "refused, in the client's own form"),
                    (status = 503, description = "nothing was acknowledged: try again after `Retry-After`"),
                ),
            )]
            #[expect(dead_code, reason = "described here, routed in routes.rs")]
            fn $name() {}
        )+
    };
}

described! {
    /// Takes an event of Plausible's clients.
    plausible_event: post "/api/event", 202 "durable; with `x-plausible-dropped` it was not counted";
    /// Takes a call of Segment's clients; `type` is track, page, screen, identify, group or alias.
    segment_call: post "/v1/{type}", 200 "durable";
    /// Takes a batch of Segment's or RudderStack's clients.
    segment_batch: post "/v1/batch", 200 "durable";
    /// Tells Segment's browser client where to send.
    segment_settings: get "/v1/projects/{write_key}/settings", 200 "the settings";
    /// Takes a call of Jitsu's clients.
    jitsu_event: post "/api/s/{type}", 200 "durable";
    /// Takes events of PostHog's clients.
    posthog_batch: post "/batch/", 200 "durable";
    /// Takes events of PostHog's clients.
    posthog_event: post "/i/v0/e/", 200 "durable";
    /// Tells PostHog's clients that there are no flags.
    posthog_flags: post "/flags/", 200 "no flags";
    /// Tells PostHog's browser client what is collected.
    posthog_config: get "/array/{token}/config", 200 "the configuration";
    /// Takes an event of Umami's clients.
    umami_send: post "/api/send", 200 "durable";
    /// Takes an array of events of Umami's clients.
    umami_batch: post "/api/batch", 200 "durable";
}
