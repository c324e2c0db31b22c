import { init, track } from "@plausible-analytics/tracker";

const { domain, endpoint } = window.settings;
init({ domain, endpoint });
window.track = (name, options) =>
  new Promise((done) =>
    track(name, { ...options, callback: (result) => done(result?.status ?? null) }),
  );
