# Everything a newcomer needs: `make run` and `make test`. Build output goes to one folder outside the clone, so that a
# second clone, and a machine that built once, are quick; set CARGO_TARGET_DIR for another place.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kentong/target
BINARY := $(CARGO_TARGET_DIR)/release/kentong
# The binary that can be told where to fail lies apart from the one that is shipped.
FAULTS := $(CARGO_TARGET_DIR)/faults
# The web client is built first, since it goes into the binary; unless KENTONG_WEBAPP_DIST names a built one (empty: none).
WEBAPP := $(if $(filter undefined,$(origin KENTONG_WEBAPP_DIST)),webapp/dist/.built)
WEBAPP_SOURCES := $(shell find webapp '(' -name node_modules -o -name dist ')' -prune -o -type f -print)
step = @printf '\n==> %s\n' "$(1)"

.PHONY: help run test sim faults build webapp lint fmt docs bench bench-idle need-build need-test need-faults
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
	@printf '\nBuild output: %s\n' "$(CARGO_TARGET_DIR)"

run: build ## Build and start a server; ARGS="--listen 127.0.0.1:4430 --data DIR" and more go to `kentong serve`
	@exec "$(BINARY)" serve $(ARGS)

build: need-build $(WEBAPP) ## Build the release binary, the web client in it
	$(call step,release build (the first one takes some minutes))
	cargo build --release --locked -p kentong

webapp: need-build $(WEBAPP) ## Build the web client alone

webapp/node_modules/.package-lock.json: webapp/package-lock.json | need-build
	$(call step,libraries of the web client)
	cd webapp && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

webapp/dist/.built: $(WEBAPP_SOURCES) webapp/node_modules/.package-lock.json
	$(call step,web client)
	cd webapp && npm run build
	@touch $@

test: need-build need-test lint ## Install what the tests need and run everything, real clients included
	$(call step,tests of the web client)
	cd webapp && npm test
	$(call step,tests of the workspace)
	cargo test --workspace --locked
	$(call step,release build)
	cargo build --release --locked -p kentong
	$(call step,real clients against the release binary)
	tests/clients/run
	$(call step,people in browsers against the release binary)
	tests/browser/run

sim: need-build ## Play seeds in the simulator: SEEDS=200..100000, no new one after MINUTES=10
	$(call step,simulator)
	cargo run --release --locked -p sim -- --seeds $(or $(SEEDS),200..100000) --seconds $$(( $(or $(MINUTES),10) * 60 ))

faults: need-faults need-build $(WEBAPP) ## Break everything under a server: ONLY=kill,power SEED=n RUNS=n LOAD=ms; root for disks, else ALLOW_SKIPS=1
	$(call step,a binary with failpoints)
	cargo build --release --locked -p kentong --features failpoints
	mkdir -p "$(FAULTS)/data"
	cp -f "$(BINARY)" "$(FAULTS)/kentong"
	$(call step,the binary as it is shipped, and the fleet)
	cargo build --release --locked -p kentong
	cargo build --release --locked -p kentong-storm
	$(call step,fault runs)
	"$(CARGO_TARGET_DIR)/release/storm" faults --binary "$(BINARY)" --armed "$(FAULTS)/kentong" --scratch "$(FAULTS)/data" \
		$(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) $(if $(LOAD),--load $(LOAD)) \
		$(if $(ALLOW_SKIPS),--allow-skips)

lint: need-build $(WEBAPP) webapp/node_modules/.package-lock.json ## Formatting, types, clippy and tidy; changes nothing
	$(call step,types of the web client)
	cd webapp && npm run check
	$(call step,formatting)
	cargo fmt --all --check
	cargo fmt --manifest-path tests/clients/grammers/Cargo.toml --check
	$(call step,clippy)
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(call step,tidy)
	cargo xtask tidy

fmt: ## Format the Rust code
	cargo fmt --all
	cargo fmt --manifest-path tests/clients/grammers/Cargo.toml

docs: need-build ## Write the pages that are generated from code
	KENTONG_BLESS=1 cargo test --locked -p kentong-metrics --test inventory
	cargo run --locked -p kentong -- config example --markdown > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md

bench: build ## Measure this version against fresh servers, in under 20 minutes; ARGS="--scale 0.1 --only pairs" for less
	$(call step,bench (leave the machine alone meanwhile))
	"$(BINARY)" storm bench --json "$(CARGO_TARGET_DIR)/bench.json" --html "$(CARGO_TARGET_DIR)/bench.html" $(ARGS)
	@printf '\n%s\n' "$(CARGO_TARGET_DIR)/bench.html"

bench-idle: build ## Memory of an idle server and the time until it is ready
	$(call step,idle server)
	cargo xtask bench-idle "$(BINARY)"

need-build:
	@.ci/need build

need-test:
	@.ci/need test

need-faults:
	@.ci/need faults
