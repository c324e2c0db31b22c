import { AnalyticsBrowser } from "@segment/analytics-next";

const { writeKey, cdnURL } = window.settings;
window.analytics = AnalyticsBrowser.load({ writeKey, cdnURL });
