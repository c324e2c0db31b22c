import { jitsuAnalytics } from "@jitsu/js";

const { writeKey, host } = window.settings;
window.jitsu = jitsuAnalytics({ host, writeKey });
