.DEFAULT_GOAL := help
SHELL := /bin/bash

release := swift build --configuration release --static-swift-stdlib --product headgate
sources := Package.swift Sources Tests
binary := .build/release/headgate

.PHONY: help run build test check fuzz-short end-to-end fuzz sanitize format bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build, start a demonstration with sample events, and keep it running until Ctrl-C
	@trap : INT; $(binary) demo

build: ## Build the release binary, .build/release/headgate
	@.make/install run
	@$(release)

test: ## Run everything: format, build, unit, conformance, architecture, fuzz-short, end to end
	@.make/install test
	@failed=0; for part in check fuzz-short end-to-end; do \
		$(MAKE) --no-print-directory $$part || failed=1; \
	done; exit $$failed

check: ## The quick part of the tests: format, build with warnings as errors, unit, architecture
	@.make/install run
	@swift format lint --strict --recursive --parallel --configuration .swift-format $(sources)
	@swift build --build-tests
	@swift test --skip-build --disable-xctest

end-to-end: build ## The slow part: the release binary against real subscribers on loopback
	@.make/install test
	@.make/python -m pytest -p no:cacheprovider Tests/EndToEnd $(PYTEST)

fuzz-short: ## Fuzz every parser for a moment, from the same seeds with the same dice
	@.make/install run
	@.make/fuzz short

fuzz: ## Fuzz every parser, FUZZ_SECONDS each (60), FUZZ_TARGETS alone; what is found is kept in .fuzz/found
	@.make/install run
	@.make/fuzz long

sanitize: ## Run the Swift tests and some end-to-end tests under AddressSanitizer and ThreadSanitizer (half an hour)
	@.make/install test
	@.make/sanitize

format: ## Format the Swift sources in place
	@swift format --in-place --recursive --parallel --configuration .swift-format $(sources)

bench: build ## Measure throughput, latency and memory against libcurl and nginx (ten minutes at most)
	@.make/install bench
	@.make/python Tests/Bench/bench.py $(BENCH)

clean: ## Remove everything that was built
	@rm -rf .build .build-venv .build-fuzz .build-asan .build-tsan
