# The ways into Scorable. `make up` runs it, `make test` checks it; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# A toolchain that is installed but not on the PATH, as containers and CI have it.
export PATH := $(PATH):/opt/swift/usr/bin:/opt/swift/bin

SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE     := .build/release
PRODUCTS    := scorable-apid scorable-evald scorable-llmproxyd scorable-workerd scorable-console scorable
# A few packages that only tests and benchmarks need are installed by `deps-test`.
PACKAGES := build-essential pkg-config libpq-dev libhiredis-dev libcurl4-openssl-dev libssl-dev libncurses-dev \
            libyaml-dev zlib1g-dev liblasso3-dev libxmlsec1-dev libxml2-dev libglib2.0-dev poppler-utils postgresql \
            postgresql-contrib redis-server redis-tools openssl ca-certificates
TEST_PACKAGES := openssh-server redis-sentinel libvterm-dev python3-venv python3-pip tmux nginx-light wrk mandoc curl \
                 procps xmlsec1 zbar-tools rsyslog rsyslog-openssl

# Run apart from the others: what measures memory, processor time or descriptors of its process, and what drives whole
# installations.
MEASURED   := ^(HTTPServerTests|HTTPTransferTests|LLMProxyTests|SAMLTests)\.
# Too many tests at once wait longer for a processor or a connection than for an answer. So only a few are under way at a
# time; those of the console and the sources, those with servers, and those that keep the servers busy have runs of their own.
FEW        := --experimental-maximum-parallelization-width 8
CONSOLE    := ^(ScreensTests|TerminalTests|HouseRulesTests)\.
SERVED     := ^(PostgresTests|RedisTests|RateLimitingTests|SchemaTests|StoresTests|OperationsTests|OperatorAPITests|PublicAPITests|AuditForwardingTests)\.
QUEUE      := ^(JobsTests|WebhooksTests)\.
END_TO_END := ^EndToEndTests\.
# A test that waits for ever is ended, so that the run says so: the longest run takes a quarter of an hour.
BOUNDED    := timeout --foreground --signal=INT --kill-after=30 1500

SCREENSHOTS ?= .build/screenshots

.PHONY: screenshots help deps deps-test build up down status env test test-storage test-systemd test-observability \
        test-egress deb images lint format clean-state clean bench

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

deps: ## Install the Debian packages that building and running need
	@packaging/install-packages $(PACKAGES)
	@packaging/check-toolchain

deps-test: deps ## Install what tests and benchmarks need beside that
	@packaging/install-packages $(TEST_PACKAGES)

build: deps ## Build the executables in release mode
	@for product in $(PRODUCTS); do \
	    echo "Building $$product"; \
	    swift build -c release $(SWIFT_FLAGS) --static-swift-stdlib --product $$product; \
	done

deb: build ## Make the Debian package in .build/packages
	@packaging/install-packages dpkg-dev binutils xz-utils
	@packaging/deb --programs $(RELEASE)

images: build ## Make a container image (OCI archive) of each service in .build/images
	@packaging/install-packages python3
	@packaging/images --programs $(RELEASE)

up: build ## Build and start everything: private PostgreSQL and Redis, the four daemons, a first administrator
	@$(RELEASE)/scorable up

down: ## Stop everything that `make up` started
	@$(RELEASE)/scorable down

status: ## Say what runs
	@$(RELEASE)/scorable status

env: ## Print shell exports for clients: eval "$$(make -s env)"
	@$(RELEASE)/scorable env

clean-state: ## Delete the data of `make up` (asks first)
	@$(RELEASE)/scorable clean-state

test: deps-test lint ## Build and run every test
	swift build --build-tests $(SWIFT_FLAGS)
ifdef FILTER
	$(BOUNDED) swift test --skip-build --filter $(FILTER)
else
	$(BOUNDED) swift test --skip-build $(FEW) --skip '$(CONSOLE)' --skip '$(SERVED)' --skip '$(QUEUE)' --skip '$(MEASURED)' \
	    --skip '$(END_TO_END)'
	$(BOUNDED) swift test --skip-build $(FEW) --filter '$(CONSOLE)'
	$(BOUNDED) swift test --skip-build $(FEW) --filter '$(SERVED)'
	$(BOUNDED) swift test --skip-build $(FEW) --filter '$(QUEUE)'
	$(BOUNDED) swift test --skip-build --no-parallel --filter '$(MEASURED)'
	$(BOUNDED) swift test --skip-build --no-parallel --filter '$(END_TO_END)'
endif

test-systemd: ## Try the package of `make deb` under a real systemd in namespaces, and its backups (as root)
	@packaging/install-packages systemd postgresql redis-server poppler-utils python3 curl
	@packaging/test/installed
	@packaging/test/restored

screenshots: deps-test ## Draw the console's screens as text and PNG into SCREENSHOTS (.build/screenshots)
	@packaging/install-packages python3-pil fonts-dejavu-core
	@mkdir -p $(SCREENSHOTS)
	swift build --build-tests $(SWIFT_FLAGS)
	SCORABLE_SCREENSHOTS=$(abspath $(SCREENSHOTS)) swift test --skip-build --filter ScreenshotTests
	@/usr/bin/python3 Tests/ScreensTests/screenshots/render.py $(SCREENSHOTS)

STORES ?= moto seaweedfs gcs
test-storage: ## Hold the object storage drivers to real servers, STORES="moto seaweedfs gcs" of them
	swift build --build-tests $(SWIFT_FLAGS)
	Tests/BlobsTests/servers/with-stores $(STORES) -- swift test --skip-build --filter BlobsTests

test-egress: ## Show in network namespaces that only the LLM proxy opens connections outside; as root, after swift build
	@packaging/test/egress .build/debug

lint: ## Check formatting, manual pages and systemd units
	@swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	@if command -v mandoc > /dev/null; then mandoc -T lint -W warning man/*.[0-9]; fi
	@packaging/test/units

test-observability: ## Check alert rules with their tests; TARGETS="http://127.0.0.1:8080 …" also what daemons tell
	@packaging/prometheus/check $(TARGETS)

format: ## Format the sources
	@swift format --in-place --recursive Package.swift Sources Tests Benchmarks

clean: ## Delete what was built
	rm -rf .build
