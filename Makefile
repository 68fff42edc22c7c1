# The front door. Anything longer than a line or two is Rust in xtask/.
.DEFAULT_GOAL := help
.PHONY: help demo test check dev e2e sim bench sql dist fmt

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' Makefile

demo: ## build everything, load the demo shop and serve it
	@cargo xtask demo

test: ## run every test
	@cargo xtask test

check: ## before a commit: format, lints, layers, types and unit tests
	@cargo xtask check

dev: ## run binary and interface with reload
	@cargo xtask dev

e2e: ## run the browser tests only
	@cargo xtask e2e

sim: ## play 10,000 seeds of crashes and faults
	cargo run --release --package sim -- crash --seeds 10000

bench: ## measure what docs/reference/performance.md publishes
	@cargo xtask bench

sql: ## build the companion that answers SQL, once; takes half an hour
	@cargo xtask sql

dist: ## pack a release archive
	@cargo xtask dist

fmt: ## format the Rust code
	cargo fmt --all
	cd crates/sql && cargo fmt
