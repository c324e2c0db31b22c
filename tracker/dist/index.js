// src/finder.ts
/** Finds the innermost element on the event's way that matches, through shadow roots too. */
function finder(event) {
	return (selector) => event.composedPath().find((node) => node instanceof Element && node.matches(selector));
}
// src/clicks.ts
var BUTTONS = "a[href],area[href],button,summary,[role=button],[type=submit],[type=button]";
var TEXT_CHARACTERS = 60;
/** Reports clicks through `millrace`. */
function watchClicks(millrace) {
	addEventListener("click", (event) => {
		const button = finder(event)(BUTTONS);
		if (!button) return;
		const text = (button.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, TEXT_CHARACTERS);
		millrace("click", {
			element: describe(button),
			...text && { props: { text } }
		});
	}, true);
}
/** A short name: `data-mr-name`, or a path of ids, tags and classes. */
function describe(element) {
	const parts = [];
	for (let at = element; at && parts.length < 3; at = at.parentElement) {
		const name = at.getAttribute("data-mr-name");
		const id = at.getAttribute("id");
		const first = at.classList[0];
		parts.unshift(name ?? (id ? `#${id}` : at.localName + (first ? `.${first}` : "")));
		if (name ?? id) break;
	}
	return parts.join(">").slice(0, 200);
}
// src/allowed.ts
/** Why this browser's visit is not counted; nothing where it is. */
function reasonNotToCount(options) {
	const { hostname, protocol } = location;
	const nav = navigator;
	if (!options.local && (/^(.*\.)?localhost$|^127\.|^\[::1\]$/.test(hostname) || protocol === "file:")) return "local";
	if (!options.automation && nav.webdriver) return "automation";
	if (options.respectDnt && (nav.doNotTrack === "1" || nav.globalPrivacyControl)) return "do not track";
	try {
		if (localStorage["millrace_ignore"] === "true") return "millrace_ignore";
	} catch {}
}
// src/engagement.ts
function watchEngagement() {
	let engaged = 0;
	/** When the page came into view, while it is. */
	let since;
	let bottom = 0;
	let reported = 0;
	function tick() {
		const now = performance.now();
		if (since) engaged += now - since;
		since = !document.hidden && document.hasFocus() ? now : void 0;
	}
	function measure() {
		bottom = Math.max(bottom, scrollY + innerHeight);
	}
	for (const name of [
		"focus",
		"blur",
		"visibilitychange"
	]) addEventListener(name, tick);
	addEventListener("scroll", measure);
	return {
		reset() {
			tick();
			engaged = bottom = reported = 0;
		},
		take() {
			tick();
			measure();
			const height = Math.max(document.documentElement.scrollHeight, innerHeight);
			const depth = Math.min(100, Math.round(bottom / height * 100));
			if (depth <= reported && engaged < 1e3) return void 0;
			const duration = Math.round(engaged) / 1e3;
			reported = Math.max(depth, reported);
			engaged = 0;
			return {
				duration,
				scroll_depth: reported
			};
		}
	};
}
// src/id.ts
/** 128 random bits as text; `crypto.randomUUID` is missing where a page is not secure. */
function newId() {
	return crypto.getRandomValues(/* @__PURE__ */ new Uint32Array(4)).join("-");
}
// src/url.ts
/**
* The address of the page as it is counted: without the fragment, which may say anything. With `hash`, a route
* behind `#/` or `#!/` is a part of the path; an anchor such as `#top` is none.
*/
function pageUrl(hash) {
	const url = new URL(location.href);
	const [, path, query] = hash && /^#!?(\/[^?]*)\??(.*)/.exec(url.hash) || [];
	url.hash = "";
	if (path) url.pathname = url.pathname.replace(/\/$/, "") + path;
	if (query) url.search += (url.search && "&") + query;
	return url.href;
}
/** The address without its query: what tells pages apart. */
function pageOf(url) {
	return url.replace(/\?.*/, "");
}
/** Whether the path of `page` matches one of `patterns`, in which `*` stands for any text. */
function matches(page, patterns) {
	const path = pageOf(page).replace(/^\w+:\/\/[^/]*/, "") || "/";
	return String(patterns).split(",").some((pattern) => {
		const escaped = pattern.trim().replace(/[^\w*]/g, "\\$&");
		return RegExp(`^${escaped.replace(/\*/g, ".*")}$`).test(path);
	});
}
// src/interactions.ts
var FILES = "pdf,zip,gz,tgz,rar,7z,dmg,exe,msi,pkg,apk,iso,csv,xlsx?,docx?,pptx?,txt,mp3,mp4,mov,wav,epub";
var PREFIX = "data-mr-";
function watchInteractions(options, track) {
	const { outbound = true, downloads = true, forms = true } = options;
	const extensions = String(downloads === true ? FILES : downloads).replace(/,/g, "|");
	const file = RegExp(`\\.(${extensions})$`, "i");
	function clicked(event) {
		if (event.button > 1) return;
		const closest = finder(event);
		const link = closest("a[href],area[href]");
		if (link && link.protocol.startsWith("http")) {
			const props = { url: link.origin + link.pathname };
			if (downloads && (link.hasAttribute("download") || file.test(link.pathname))) track("file_download", { props });
			else if (outbound && link.host !== location.host) track("outbound_link", { props });
		}
		named(closest(`[${PREFIX}event]:not(form)`));
	}
	function submitted(event) {
		const form = finder(event)("form");
		if (!form) return;
		if (forms) {
			const said = (name) => form.getAttribute(name);
			const element = pageOf(said("id") || said("name") || said("action") || "form");
			track("form_submit", {
				element,
				props: { form: element }
			});
		}
		named(form);
	}
	/** The event that an element names in `data-mr-event`, with its other `data-mr-…` as properties. */
	function named(element) {
		const props = {};
		for (const { name, value } of element?.attributes ?? []) if (name.startsWith(PREFIX)) props[name.slice(8)] = value;
		const { event, ...others } = props;
		if (event) track(event, { props: others });
	}
	addEventListener("click", clicked, true);
	addEventListener("auxclick", clicked, true);
	addEventListener("submit", submitted, true);
}
// src/kept.ts
var MOST_CHARACTERS = 32768;
var MOST_AGE_MS = 864e5;
/** What is kept and young enough. */
function kept() {
	try {
		return JSON.parse(localStorage["millrace_kept"]).filter(({ event }) => Date.now() - Date.parse(event.timestamp) < MOST_AGE_MS);
	} catch {
		return [];
	}
}
/** Puts `entries` in: the newest stay. Where they are `settled`, takes them out. */
function keep(entries, settled) {
	const changed = new Set(entries.map(({ event }) => event.event_id));
	const all = kept().filter(({ event }) => !changed.has(event.event_id)).concat(settled ? [] : entries).filter((entry) => JSON.stringify([entry]).length <= MOST_CHARACTERS).sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp)).slice(-50);
	while (JSON.stringify(all).length > MOST_CHARACTERS) all.shift();
	try {
		if (all.length > 0) localStorage["millrace_kept"] = JSON.stringify(all);
		else delete localStorage["millrace_kept"];
	} catch {}
}
// src/outbox.ts
/** Events of the same moment travel together. */
var GATHER_MS = 250;
var BATCH_EVENTS = 50;
var WAITING_EVENTS = 500;
/** Browsers refuse more than 64 KiB of requests that outlive the page; a character is up to three bytes. */
var KEEPALIVE_CHARACTERS = 2e4;
var LONGEST_PAUSE_S = 300;
function openOutbox(api) {
	const waiting = kept().filter((entry) => entry.api === api);
	const flying = /* @__PURE__ */ new Set();
	let failures = 0;
	/** Until when the server wants no requests. */
	let pausedUntil = 0;
	let timer;
	function later(ms) {
		timer ?? (timer = setTimeout(send, ms));
	}
	function send(beacon) {
		clearTimeout(timer);
		timer = void 0;
		const pause = pausedUntil - Date.now();
		if (pause > 0) return later(pause);
		while (waiting.length > 0) post(waiting.splice(0, BATCH_EVENTS), beacon);
	}
	async function post(batch, beacon) {
		const body = JSON.stringify({
			events: batch.map(({ event }) => event),
			sent_at: (/* @__PURE__ */ new Date()).toISOString()
		});
		if (beacon && navigator.sendBeacon(api, body)) return;
		flying.add(batch);
		let status = 0;
		let rejected = [];
		try {
			const keepalive = body.length < KEEPALIVE_CHARACTERS;
			const answer = await fetch(api, {
				method: "POST",
				body,
				keepalive,
				credentials: "omit"
			});
			status = answer.status;
			const until = Date.now() + Number(answer.headers.get("Retry-After")) * 1e3;
			if (until > pausedUntil) pausedUntil = until;
			rejected = (await answer.json()).rejected.map(({ index }) => index);
		} catch {}
		flying.delete(batch);
		const again = /^(0|408|429|5..)$/.test(`${status}`);
		keep(batch, !again);
		if (again) {
			waiting.unshift(...batch);
			if (!timer) failures++;
			later(Math.min(2 ** failures, LONGEST_PAUSE_S) * 500 * (1 + Math.random()));
		} else failures = 0;
		batch.forEach((entry, index) => {
			const { callback } = entry;
			entry.callback = void 0;
			callback?.({ status: rejected.includes(index) ? 400 : status });
		});
	}
	function leave(forGood) {
		keep([...flying, waiting].flat());
		send(forGood);
	}
	addEventListener("online", () => send());
	later(GATHER_MS);
	return {
		add(event, callback) {
			waiting.push({
				api,
				event,
				callback
			});
			waiting.splice(0, waiting.length - WAITING_EVENTS);
			later(GATHER_MS);
			if (document.hidden) leave();
		},
		leave
	};
}
// src/tracker.ts
/** Sooner than events are sent. */
var TITLE_MS = 99;
/** The server takes no larger event. */
var EVENT_CHARACTERS = 32768;
/** Starts to measure; `earlier` are calls that were made before. */
function startTracker(options, earlier = []) {
	let user = options.user;
	const waiting = [...earlier];
	let handle = (...call) => waiting.push(call);
	const millrace = ((...call) => handle(...call));
	millrace.identify = (userId) => handle("identify", userId);
	const reason = reasonNotToCount(options);
	if (reason) {
		console.info(`millrace: not counted: ${reason}`);
		handle = (_, said) => said?.callback?.({ status: 0 });
		for (const call of waiting) handle(...call);
	} else if (document.hidden) addEventListener("visibilitychange", measure, { once: true });
	else measure();
	return millrace;
	function measure() {
		const outbox = openOutbox(options.api);
		const engagement = watchEngagement();
		/** The page that is counted now. */
		let url;
		/** What the location was then: a page view may have an address of its own. */
		let seen = "";
		let referrer = document.referrer;
		function track(name, said = {}, more) {
			const { props, callback, ...fields } = said;
			try {
				const json = JSON.stringify({
					site_id: options.site,
					name,
					event_id: newId(),
					timestamp: (/* @__PURE__ */ new Date()).toISOString(),
					user_id: user || void 0,
					...fields,
					url: fields.url ?? url ?? pageUrl(options.hash),
					properties: props,
					...more
				});
				const event = JSON.parse(json);
				if (json.length <= EVENT_CHARACTERS && matches(event.url, options.include || "*") && !matches(event.url, options.exclude || "")) {
					outbox.add(event, callback);
					return event;
				}
			} catch (error) {
				console.warn("millrace:", error);
			}
			callback?.({ status: 0 });
		}
		function endPage() {
			const engaged = url && engagement.take();
			if (engaged) track("engagement", { interactive: false }, engaged);
		}
		function pageview(said) {
			endPage();
			seen = pageUrl(options.hash);
			url = said?.url ?? seen;
			engagement.reset();
			const event = track("pageview", said, {
				referrer: referrer || void 0,
				screen: `${screen.width}x${screen.height}`,
				language: navigator.language,
				title: document.title
			});
			referrer = void 0;
			setTimeout(() => event && (event.title = document.title), TITLE_MS);
		}
		function routed() {
			if (pageOf(pageUrl(options.hash)) !== pageOf(seen)) pageview();
		}
		handle = (name, said) => {
			if (name === "identify") user = said;
			else if (name === "pageview") pageview(said);
			else track(name, said);
		};
		for (const [name, said] of waiting) if (name === "identify") handle(name, said);
		if (!options.manual) {
			pageview();
			for (const change of ["pushState", "replaceState"]) {
				const original = history[change];
				history[change] = function(...state) {
					original.apply(this, state);
					routed();
				};
			}
			for (const name of ["popstate", "hashchange"]) addEventListener(name, routed);
			addEventListener("pageshow", (event) => {
				if (!event.persisted) return;
				url = void 0;
				pageview();
			});
		}
		watchInteractions(options, track);
		const leave = (event) => {
			const gone = event.type === "pagehide";
			if (!gone && !document.hidden) return;
			endPage();
			outbox.leave(gone);
		};
		for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, leave);
		for (const call of waiting) handle(...call);
	}
}
// src/vitals.ts
/** Shifts less than a second apart are one session of at most five seconds. */
var SESSION_GAP_MS = 1e3;
var SESSION_MS = 5e3;
/** One of the longest interactions is passed over for every fifty. */
var INTERACTIONS_FOR_ONE = 50;
var LONGEST = 10;
/** Reports through `millrace`. */
function watchVitals(millrace, hash) {
	const url = pageUrl(hash);
	const vitals = {};
	const [load] = performance.getEntriesByType("navigation");
	const start = load?.activationStart ?? 0;
	const since = (at) => Math.round(Math.max(at - start, 0));
	const observers = [
		observe("paint", (entry) => {
			if (entry.name === "first-contentful-paint") vitals["fcp"] = since(entry.startTime);
		}),
		observe("largest-contentful-paint", (entry) => {
			if (!touched) vitals["lcp"] = since(entry.startTime);
		}),
		observe("layout-shift", shifted),
		observe("first-input", interacted),
		observe("event", interacted)
	];
	let touched = false;
	let reported = false;
	const session = {
		value: 0,
		first: 0,
		last: 0
	};
	function shifted(entry) {
		if (entry.hadRecentInput) return;
		const { startTime, value } = entry;
		if (startTime - session.last > SESSION_GAP_MS || startTime - session.first > SESSION_MS) {
			session.first = startTime;
			session.value = 0;
		}
		session.last = startTime;
		session.value += value;
		vitals["cls"] = Math.max(Number(vitals["cls"]), Math.round(session.value * 1e4) / 1e4);
	}
	if (observers[2]) vitals["cls"] = 0;
	const interactions = /* @__PURE__ */ new Map();
	let number = 0;
	function interacted({ interactionId, duration }) {
		if (!interactionId) return;
		const before = interactions.get(interactionId);
		if (before === void 0) number += 1;
		interactions.set(interactionId, Math.max(before ?? 0, duration));
		const longest = [...interactions].sort(([, a], [, b]) => b - a);
		for (const [id] of longest.splice(LONGEST)) interactions.delete(id);
		const rank = Math.min(longest.length - 1, Math.floor(number / INTERACTIONS_FOR_ONE));
		vitals["inp"] = Math.round(longest[rank]?.[1] ?? 0);
	}
	function report() {
		if (reported) return;
		reported = true;
		for (const observer of observers) observer?.();
		if (load && load.responseStart > 0) vitals["ttfb"] = since(load.responseStart);
		millrace("web_vitals", {
			props: vitals,
			url,
			interactive: false
		});
	}
	for (const name of ["keydown", "click"]) addEventListener(name, () => touched = true, {
		once: true,
		capture: true
	});
	document.addEventListener("visibilitychange", () => document.hidden && report(), true);
	addEventListener("pagehide", report, true);
}
/** Answers what stops it, after a last look; nothing where the browser does not know the type. */
function observe(type, see) {
	if (!PerformanceObserver.supportedEntryTypes.includes(type)) return void 0;
	const each = (entries) => entries.forEach(see);
	const observer = new PerformanceObserver((list) => each(list.getEntries()));
	observer.observe({
		type,
		buffered: true,
		...type === "event" && { durationThreshold: 40 }
	});
	return () => {
		each(observer.takeRecords());
		observer.disconnect();
	};
}
// src/index.ts
var waiting = [];
var tracker;
/**
* Starts to measure. Calls before it wait for it; a second one changes nothing. Outside a browser, on a server that
* renders, it does nothing.
*/
function init(options) {
	if (typeof document === "undefined" || tracker) return;
	const api = new URL(options.api, location.href).href;
	tracker = startTracker({
		...options,
		api
	}, waiting.splice(0));
	if (options.clicks) watchClicks(tracker);
	if (options.vitals) watchVitals(tracker, options.hash);
}
/** Something happened. */
function track(name, options) {
	call(name, options);
}
/** A page view, where `manual` is set or the page has no address of its own. */
function pageview(options) {
	call("pageview", options);
}
/** Who is signed in; nobody, without an argument. */
function identify(userId) {
	call("identify", userId);
}
function call(...args) {
	if (tracker) tracker(...args);
	else if (typeof document !== "undefined") waiting.push(args);
}
export { identify, init, pageview, track };
