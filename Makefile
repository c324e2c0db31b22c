# make run     a server with demo data on http://127.0.0.1:8080
# make test    everything a newcomer needs to trust the tree; installs what it needs
# make check   formatting, lints, documentation, licences, unused dependencies, the dashboard's types
# make bench   speed and size, as ratios of one run
# make stack   PostgreSQL, Redis, the roles as processes, and a generator, on this machine
#
# Only the Rust toolchain of rust-toolchain.toml, Node 20 and a C compiler have to be there already.

SHELL := /bin/bash
CARGO ?= cargo
TOOLS := $(CURDIR)/target/tools
export PATH := $(TOOLS)/bin:$(PATH)

.PHONY: run stack web check test bench compare fuzz loom e2e clients tools browser services clean

run: web
	$(CARGO) build --release --package millrace-server --bin millrace
	./target/release/millrace demo

# The reference stack without containers; data under .stack/.
stack: web services
	$(CARGO) build --release --package millrace-server --bin millrace --package millrace-stack
	./target/release/millrace-stack

# The dashboard; without Node the server shows a page that says so.
web: web/dist/index.html

web/dist/index.html: web/package-lock.json web/index.html web/vite.config.ts $(shell find web/src web/public -type f 2>/dev/null)
	@if command -v npm >/dev/null; then cd web && npm ci && npm run build; \
	else echo "npm is not here: the server will show a page that says how to build the dashboard"; fi

web/node_modules: web/package-lock.json
	cd web && npm ci && touch node_modules

tracker/node_modules: tracker/package-lock.json
	cd tracker && npm ci && touch node_modules

check: tools web/node_modules tracker/node_modules clients/node_modules
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps --document-private-items
	cargo-deny --all-features check bans licenses sources
	cargo-machete
	cd web && npm run check
	cd tracker && npm run check
	cd clients && npm run check

# The binaries under test serve the built dashboard, so it comes first.
test: web/node_modules tracker/node_modules browser services tools
	cd web && npm test
	cd tracker && npm test
	cd web && npm run build
	$(MAKE) loom
	$(MAKE) fuzz
	$(CARGO) test --workspace --all-features
	$(MAKE) e2e
	$(MAKE) clients

# The page and the browser script in a real browser, against the real server: the binary of the tests, since `cargo build` would build the query
# engine again with other features.
e2e: web/node_modules tracker/node_modules browser
	cd web && npm run build
	$(CARGO) test --workspace --all-features --no-run
	cd web && MILLRACE_BIN=$(CURDIR)/target/debug/millrace npm run e2e
	cd tracker && MILLRACE_BIN=$(CURDIR)/target/debug/millrace npm run e2e

# Other systems' clients as their registries have them, against the real server: docs/clients.md.
clients: clients/node_modules clients/.venv browser
	$(CARGO) test --workspace --all-features --no-run
	cd clients && MILLRACE=$(CURDIR)/target/debug/millrace npm test

clients/node_modules: clients/package-lock.json
	cd clients && npm ci && touch node_modules

clients/.venv: clients/python/requirements.txt
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { apt-get update && apt-get install --yes --no-install-recommends python3-venv; }
	python3 -m venv clients/.venv && clients/.venv/bin/pip install --quiet --requirement clients/python/requirements.txt
	touch clients/.venv

# Every interleaving of the queue's group commit.
loom:
	RUSTFLAGS="--cfg loom" $(CARGO) test --package millrace-queue --lib --release --target-dir target/loom loom

# Each fuzz target for a few seconds; longer with FUZZ_SECONDS.
FUZZ_SECONDS ?= 10
fuzz: tools
	@cd fuzz && for target in $$(ls fuzz_targets | sed 's/\.rs$$//'); do \
	  cargo-fuzz fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS) -verbosity=0 || exit 1; \
	done

# The questions that two other engines are asked beside Millrace, against answers counted by hand.
compare: bench/compare/.venv
	cd bench/compare && .venv/bin/python -m unittest test_compare

bench/compare/.venv: bench/compare/requirements.txt
	python3 -m venv bench/compare/.venv && bench/compare/.venv/bin/pip install --quiet --requirement bench/compare/requirements.txt
	touch bench/compare/.venv

# Beside DuckDB and ClickHouse's embedded engine, where Python's package index can be reached.
bench: services
	$(CARGO) build --release --package millrace-server --package millrace-bench
	./target/release/millrace-bench --millrace ./target/release/millrace

# Installed once, into target/tools.
CARGO_DENY := 0.20.2
CARGO_MACHETE := 0.9.2
CARGO_FUZZ := 0.13.2
tools: $(TOOLS)/bin/cargo-deny-$(CARGO_DENY) $(TOOLS)/bin/cargo-machete-$(CARGO_MACHETE) $(TOOLS)/bin/cargo-fuzz-$(CARGO_FUZZ)

$(TOOLS)/bin/cargo-%:
	name=$(@F) && $(CARGO) install --locked --debug --root $(TOOLS) "$${name%-*}@$${name##*-}"
	touch $@

browser:
	@test -x "$${CHROMIUM:-/usr/bin/chromium}" || { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation; }

# PostgreSQL and Redis, which tests, benchmark and stack start for themselves. Debian's packages start servers of their
# own when they are installed; nothing here uses those.
services:
	@{ command -v redis-server && { ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; }; } >/dev/null 2>&1 || \
	  { apt-get update && apt-get install --yes --no-install-recommends postgresql redis-server; }

clean:
	rm -rf target web/dist web/node_modules tracker/node_modules clients/node_modules clients/.venv bench/compare/.venv fuzz/target
