# make build   bin/chubls
# make demo    what chubls does, on the files of examples/
# make test    everything that CI runs; needs Node 20 with npm, and Python 3.10
# See CONTRIBUTING.md.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

# What is downloaded is kept here.
CACHE ?= $(or $(CHUBLS_WORK),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/chubls-test)
CACHE := $(abspath $(CACHE))
export CHUBLS_WORK := $(CACHE)

GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)-$(shell go env GOVERSION)

# The account of all test runs, for the list of what was skipped.
ACCOUNT ?= $(CACHE)/account.jsonl
TESTS := go run ./internal/testlist -to $(ACCOUNT)

FUZZTIME ?= 10s

.PHONY: build
build:
	go build -o bin/chubls ./cmd/chubls

.PHONY: demo
demo: build
	@go run ./internal/demo

.PHONY: test
test: tools
	@mkdir -p $(CACHE)
	@rm -f $(ACCOUNT)
	@trap 'go run ./internal/testlist -summary $(ACCOUNT)' EXIT; \
	$(MAKE) --no-print-directory -k format vet lint unit typecheck difftest $(if $(filter no,$(EDITORS)),,editors)

# tools says what is missing before an hour is spent.
.PHONY: tools
tools:
	@missing=; for tool in go gcc node npm python3; do \
		command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ]; then echo "make test needs:$$missing; install it and try again" >&2; exit 1; fi

.PHONY: format
format:
	@wrong=$$(gofmt -l .); if [ -n "$$wrong" ]; then \
		echo "run gofmt -w on:"; echo "$$wrong"; exit 1; fi

.PHONY: vet
vet:
	go vet ./...

.PHONY: lint
lint: $(GOLANGCI)
	$(GOLANGCI) run

$(GOLANGCI):
	@mkdir -p $(@D)
	GOBIN=$(@D) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(@D)/golangci-lint $@

.PHONY: unit
unit:
	$(TESTS) -- -race -timeout 5m ./...

# typecheck checks the JavaScript of the starter's guides against the real SDKs.
.PHONY: typecheck
typecheck:
	node docs/starter/typecheck/check.mjs $(CACHE)/typecheck

# difftest compares the imports that chubls finds with those of other parsers.
.PHONY: difftest
difftest:
	CHUBLS_DIFFTEST=1 $(TESTS) -- -timeout 20m -run Oracles ./internal/difftest

# editors drives real editors: see editors/test. EDITORS=no leaves it out of `make test`.
EDITORS ?= yes
.PHONY: editors
editors:
	CHUBLS_EDITORS=1 go run ./internal/testlist -v -to $(ACCOUNT) -- -timeout 14m -run '^TestClients$$' ./internal/editors

# screenshots copies the pictures of the READMEs from the last run of editors.
.PHONY: screenshots
screenshots:
	node editors/test/screenshots.mjs $(CACHE)

# timing compares the time to a hover with that of other servers.
.PHONY: timing
timing:
	editors/test/timing

# dist builds the release in the folder dist, for all platforms that this machine
# has a C compiler for. It needs Node 22.
.PHONY: dist
dist:
	go run ./internal/dist -out dist
	@cat dist/SHA256SUMS

# dist-check builds it twice, and compares; and installs the program as a module.
.PHONY: dist-check
dist-check:
	CHUBLS_DIST=1 $(TESTS) -- -timeout 20m -run GoInstall ./internal/dist
	@first=$$(mktemp -d); trap 'rm -rf "$$first"' EXIT; \
	go run ./internal/dist -out "$$first"; go run ./internal/dist -out dist; \
	diff "$$first/SHA256SUMS" dist/SHA256SUMS && echo "two runs, the same bytes"

# eval runs the tests that need a whole hub: a folder with registry.json. TRUTH is a
# table of modules and their entries to measure with (see docs/truth_test.go).
.PHONY: eval
eval: need-hub
	CHUBLS_HUB=$(abspath $(HUB)) CHUBLS_TRUTH=$(and $(TRUTH),$(abspath $(TRUTH))) $(TESTS) -- -timeout 20m ./docs/...

# fitcheck inserts every example of a whole hub into real files; independent judges
# look at the results. SEED is of what is random.
.PHONY: fitcheck
fitcheck: need-hub
	go run ./internal/fitcheck -hub $(abspath $(HUB)) -work $(CACHE) -seed $(or $(SEED),1) $(if $(N),-n $(N))

# interop has the real chub, from npm, on the same folder.
.PHONY: interop
interop:
	CHUBLS_INTEROP=1 $(TESTS) -- -timeout 20m -v -run Interop ./docs/hub

# faults kills, cuts and fills disks for longer than a test should.
.PHONY: faults
faults:
	CHUBLS_KILLS=200 $(TESTS) -- -timeout 20m -v -run 'Kill|Faults|FullDisk' ./docs/hub

.PHONY: need-hub
need-hub:
	@if [ ! -f "$(HUB)/registry.json" ]; then \
		echo "name a built copy of the hub: make $(or $(MAKECMDGOALS),eval) HUB=FOLDER" >&2; exit 1; fi

.PHONY: bench
bench:
	go run ./internal/bench $(if $(HUB),-hub $(abspath $(HUB)))

# fuzz runs each fuzz target for FUZZTIME.
.PHONY: fuzz
fuzz:
	@go test -list '^Fuzz' ./... | \
		awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' | \
		{ failed=; while read -r package name; do \
			echo "$$package $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null || failed="$$failed $$name"; \
		done; [ -z "$$failed" ] || { echo "failed:$$failed"; exit 1; }; }

# generate writes docs/modules.tsv anew, from a built copy of the hub.
.PHONY: generate
generate: need-hub
	HUB=$(abspath $(HUB)) go generate ./...
