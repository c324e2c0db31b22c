import posthog from "posthog-js";

const { token, host } = window.settings;
posthog.init(token, { api_host: host, defaults: "2025-05-24", person_profiles: "identified_only" });
window.posthog = posthog;
