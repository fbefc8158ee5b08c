// swift-tools-version: 6.2
import PackageDescription

// Debug builds are ordinary Swift, so that tests and sanitizers work on them. Release builds of the
// same sources are Embedded Swift: no Swift runtime, no libstdc++.
let release = BuildSettingCondition.when(configuration: .release)

let swift: [SwiftSetting] = [
    .enableExperimentalFeature("Embedded", release),
    // Exclusive access is checked in debug builds, by every test.
    .unsafeFlags(["-wmo", "-enforce-exclusivity=unchecked"], release),
    // Small code: nothing is inlined into a function of more than eight basic blocks unless it says so, and
    // closures are called, not compiled into a copy of what takes them. Of -Osize, what LLVM calls `minsize` is
    // taken back for `optsize`: it copies by "rep movsb", and comes out no smaller. The last leaves out a
    // hash of the code, by which only the compiler knows a module again. What each gives: benchmarks/README.md.
    .unsafeFlags(
        [
            "-Osize", "-Xfrontend", "-function-sections",
            "-Xllvm", "-sil-inline-overall-caller-block-limit=8",
            "-Xllvm", "-sil-disable-pass=closure-specialize",
            "-Xllvm", "-force-remove-attribute=minsize",
            "-Xfrontend", "-disable-incremental-llvm-codegen",
        ], release),
    // Debug information without the folder that it was built in, and without references into its caches.
    .unsafeFlags(
        ["-file-prefix-map", "\(Context.packageDirectory)=.", "-Xfrontend", "-no-clang-module-breadcrumbs"],
        release),
    // Makes debug builds refuse what Embedded Swift cannot do.
    .treatWarning("EmbeddedRestrictions", as: .error),
]

let c: [CSetting] = [
    .unsafeFlags(["-Wall", "-Wextra", "-fvisibility=hidden", "-fstack-protector-strong", "-ffunction-sections"]),
    // Debug information as the Swift compiler writes it, which valgrind can read (clang's own default it
    // cannot), and without the folder that it was built in.
    // No unwind tables: the Swift around it has none either, and debuggers have those of the debug information.
    .unsafeFlags(
        [
            "-fno-asynchronous-unwind-tables", "-D_FORTIFY_SOURCE=2", "-gdwarf-4",
            "-ffile-prefix-map=\(Context.packageDirectory)=.",
        ], release),
]

let package = Package(
    name: "liblocjob",
    products: [
        .library(name: "locjob", type: .dynamic, targets: ["LocJob"])
    ],
    targets: [
        // The public header, as the module whose declarations LocJob implements.
        .target(name: "CLocJob", path: "include", publicHeadersPath: "."),
        // Hashing, locks and checked memory: all the C that the pure core needs.
        .target(name: "CCore", cSettings: c, linkerSettings: [.linkedLibrary("crypto")]),
        // Everything that touches the world: libcurl, files, environment, clocks, signals.
        .target(
            name: "CPlatform", dependencies: ["CCore"], cSettings: c + [.unsafeFlags(["-Os"], release)],
            linkerSettings: [.linkedLibrary("curl")]),
        // One module for the core and what surrounds it: with two, Embedded Swift compiles the core's
        // functions into both object files, each with its constant arrays numbered in an order of its
        // own, and the linker merges them by name (Swift 6.3.1: tables silently swapped). That the core
        // imports nothing but CCore is held by scripts/check-core.
        .target(
            name: "LocJob", dependencies: ["CCore", "CLocJob", "CPlatform"],
            exclude: ["locjob.map"],
            swiftSettings: swift,
            linkerSettings: [
                .unsafeFlags(
                    [
                        // gold leaves hidden symbols of Swift classes in the dynamic symbol table.
                        "-use-ld=lld",
                        "-Xlinker", "-soname=liblocjob.so.0",
                        "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/LocJob/locjob.map",
                        // Functions that are the same code are one; no address of one is compared.
                        "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
                        // Sources/CPlatform/lj_wipe_on_free.c
                        "-Xlinker", "--wrap=free", "-Xlinker", "--wrap=realloc",
                        // A missing symbol is an error here, not when a host loads the library.
                        "-Xlinker", "-z", "-Xlinker", "defs",
                        "-Xlinker", "-z", "-Xlinker", "relro",
                        "-Xlinker", "-z", "-Xlinker", "now",
                        "-Xlinker", "-z", "-Xlinker", "noexecstack",
                        // libcurl and OpenSSL do not survive being unloaded.
                        "-Xlinker", "-z", "-Xlinker", "nodelete",
                    ], release),
            ]),
        .testTarget(
            name: "LocJobCoreTests", dependencies: ["LocJob"], path: "Tests/LocJobCoreTests"),
    ]
)
