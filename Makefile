# Every recipe is a script that can be run by hand.

.PHONY: run test bench build install uninstall wheel deb check docs fuzz sanitize soak coverage clean

# Shows the library at work against a local service.
run: build
	@scripts/run-demo

# Tests everything.
test:
	@scripts/test

# Measures speed and cost beside plain libcurl and boto3.
bench:
	@scripts/install-packages bench
	@scripts/python-environment
	@scripts/build
	@benchmarks/run

# The release library: .build/release/liblocjob.so and liblocjob.a
build:
	@scripts/install-packages
	@scripts/build

# Below PREFIX (/usr/local), or where a packager wants it: PREFIX=/usr DESTDIR=/tmp/root. Run make build first.
export PREFIX LIBDIR DESTDIR
install:
	@scripts/install

uninstall:
	@scripts/install --uninstall

# Packages of what make build built, in dist/.
wheel:
	@scripts/make-wheel

deb:
	@scripts/make-deb

# What the core knows, what the built library needs and exports, its interface, the header by itself, the version.
check:
	@scripts/version --check
	@scripts/check-core
	@scripts/check-header
	@scripts/check-exports
	@scripts/check-abi
	@scripts/check-needed

# The manual and its HTML, made from the header: .build-docs/html/index.html
docs:
	@scripts/install-packages docs
	@scripts/make-docs

# Fuzzes the core for SECONDS (60).
fuzz:
	@scripts/install-packages
	@scripts/fuzz $(SECONDS)

# Data races, errors of memory and leaks, with 64 threads.
sanitize:
	@scripts/install-packages test
	@scripts/python-environment
	@scripts/sanitize

# Hundreds of thousands of calls, in the memory of the first.
soak:
	@scripts/install-packages bench
	@scripts/build
	@scripts/soak

# Which lines of the core the Swift tests never come to.
coverage:
	@scripts/install-packages
	@scripts/coverage

clean:
	rm -rf .build .build-* .venv dist
