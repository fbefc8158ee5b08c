// swift-tools-version: 6.2
import PackageDescription

// Debug builds are ordinary Swift, so that tests and sanitizers work on them. Release builds of the
// same sources are Embedded Swift: no Swift runtime, no libstdc++.
let release = BuildSettingCondition.when(configuration: .release)

let swift: [SwiftSetting] = [
    .enableExperimentalFeature("Embedded", release),
    .unsafeFlags(["-wmo"], release),
    // Makes debug builds refuse what Embedded Swift cannot do.
    .treatWarning("EmbeddedRestrictions", as: .error),
]

let c: [CSetting] = [
    .unsafeFlags(["-Wall", "-Wextra", "-fvisibility=hidden", "-fstack-protector-strong"]),
    .unsafeFlags(["-D_FORTIFY_SOURCE=2"], release),
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
            name: "CPlatform", cSettings: c,
            linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "LocJobCore", dependencies: ["CCore"], swiftSettings: swift),
        .target(
            name: "LocJob", dependencies: ["CLocJob", "CPlatform", "LocJobCore"],
            exclude: ["locjob.map"],
            swiftSettings: swift,
            linkerSettings: [
                .linkedLibrary("m"),
                .unsafeFlags(
                    [
                        "-Xlinker", "-soname=liblocjob.so.0",
                        "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/LocJob/locjob.map",
                        "-Xlinker", "--gc-sections",
                        // A missing symbol is an error here, not when a host loads the library.
                        "-Xlinker", "-z", "-Xlinker", "defs",
                        "-Xlinker", "-z", "-Xlinker", "relro",
                        "-Xlinker", "-z", "-Xlinker", "now",
                        "-Xlinker", "-z", "-Xlinker", "noexecstack",
                        // libcurl and OpenSSL do not survive being unloaded (docs/abi.md).
                        "-Xlinker", "-z", "-Xlinker", "nodelete",
                    ], release),
            ]),
        .testTarget(
            name: "LocJobCoreTests", dependencies: ["LocJobCore", "CLocJob"],
            path: "Tests/LocJobCoreTests"),
    ]
)
