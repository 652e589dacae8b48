.DEFAULT_GOAL := help
SHELL := /bin/bash

release := swift build --configuration release --static-swift-stdlib --product headgate
sources := Package.swift Sources Tests
binary := .build/release/headgate

.PHONY: help run build test check end-to-end format bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build, start a demonstration with sample events, and keep it running until Ctrl-C
	@trap : INT; $(binary) demo

build: ## Build the release binary, .build/release/headgate
	@.make/install run
	@$(release)

test: ## Run everything: format, build, unit, conformance, architecture, end to end
	@.make/install test
	@failed=0; for half in check end-to-end; do \
		$(MAKE) --no-print-directory $$half || failed=1; \
	done; exit $$failed

check: ## The quick half of the tests: format, build with warnings as errors, unit, architecture
	@.make/install run
	@swift format lint --strict --recursive --parallel --configuration .swift-format $(sources)
	@swift build --build-tests
	@swift test --skip-build --disable-xctest

end-to-end: build ## The slow half: the release binary against real subscribers on loopback
	@.make/install test
	@.make/python -m pytest -p no:cacheprovider Tests/EndToEnd $(PYTEST)

format: ## Format the Swift sources in place
	@swift format --in-place --recursive --parallel --configuration .swift-format $(sources)

bench: build ## Measure throughput, latency and memory against libcurl and nginx (ten minutes at most)
	@.make/install bench
	@.make/python Tests/Bench/bench.py $(BENCH)

clean: ## Remove everything that was built
	@rm -rf .build .build-venv
