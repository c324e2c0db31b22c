import Plausible from "plausible-tracker";

const { domain, apiHost } = window.settings;
const plausible = Plausible({ domain, apiHost });
plausible.enableAutoPageviews();
plausible.trackEvent("Signup", { props: { plan: "pro" } });
