// swift-tools-version: 6.2
import PackageDescription

// The arrows between targets are the architecture: each target names only targets of lower layers.
// Tests/ArchitectureTests reads this file and fails when an arrow points sideways or up.

let language: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// Exclusivity is checked in debug builds, which all unit tests are; in release its bookkeeping would be a tenth of our
// own instructions for each event.
let optimized: [SwiftSetting] = [
    .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

// `make fuzz` sets this to the path of libFuzzer: the parsers alone are then built, instrumented, into one program.
let libFuzzer = Context.environment["HEADGATE_LIBFUZZER"]
let instrumented: [SwiftSetting] = [
    .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing", "-assert-config", "Debug"])
]

let strict = language + (libFuzzer == nil ? optimized : instrumented)

func layer(
    _ name: String, on dependencies: [String] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, exclude: exclude, resources: resources,
        swiftSettings: strict)
}

func tests(
    _ name: String, on dependencies: [String], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, exclude: exclude, resources: resources,
        swiftSettings: strict)
}

/// What several test targets use.
func testSupport(_ name: String, on dependencies: [String]) -> Target {
    .target(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: "Tests/\(name)", swiftSettings: strict)
}

func cLibrary(_ name: String, pkgConfig: String? = nil, package: String? = nil) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: package.map { [.apt([$0])] })
}

let package = Package(
    name: "headgate",
    products: [.executable(name: "headgate", targets: ["headgate"])],
    targets: [
        // 1: C headers and typed doors; the domain, which imports nothing.
        cLibrary("CLinux"),
        cLibrary("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        cLibrary("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
        cLibrary("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        layer("Domain"),
        // 2: machinery without policy: has never heard of an event.
        layer("Wire", on: ["Domain"]),
        layer("Net", on: ["Domain", "CLinux"]),
        layer("Crypto", on: ["Domain", "COpenSSL"]),
        layer("Config", on: ["Domain"]),
        layer("Telemetry", on: ["Domain", "CLinux"]),
        // 3: machinery with policy.
        layer("Server", on: ["Domain", "Wire", "Net", "Crypto", "CLinux", "COpenSSL"]),
        layer(
            "Signatures", on: ["Domain", "Wire", "Net", "Crypto", "Config", "COpenSSL"], exclude: ["PROVIDERS.md"]),
        layer(
            "Ledgers", on: ["Domain", "Net", "Crypto", "Telemetry", "CSQLite", "CLinux"], exclude: ["EVIDENCE.md"]),
        // 4: what an operator wrote down.
        layer("Routes", on: ["Domain", "Wire", "Net", "Crypto", "Config", "Signatures"]),
        layer("Keys", on: ["Domain", "Net", "Crypto", "Telemetry", "Signatures", "CCurl"]),
        // 5: what the product does.
        layer(
            "Intake",
            on: [
                "Domain", "Wire", "Net", "Crypto", "Telemetry", "Server", "Signatures", "Ledgers", "Routes", "Keys",
            ]),
        layer(
            "Delivery",
            on: ["Domain", "Wire", "Net", "Crypto", "Telemetry", "Signatures", "Ledgers", "Routes", "CCurl", "CLinux"]),
        layer("Admin", on: ["Domain", "Wire", "Net", "Crypto", "Config", "Telemetry", "Server", "Ledgers", "Routes"]),
        // 6: assembly and commands, the only place that sees everything.
        .executableTarget(
            name: "headgate",
            dependencies: [
                "Domain", "Wire", "Net", "Crypto", "Config", "Telemetry", "Server", "Signatures", "Ledgers", "Routes",
                "Keys", "Intake", "Delivery", "Admin", "CCurl", "CLinux", "COpenSSL", "CSQLite",
            ],
            swiftSettings: strict),

        tests("DomainTests", on: ["Domain"]),
        testSupport("HTTPCases", on: ["Wire", "Domain"]),
        tests("WireTests", on: ["HTTPCases", "Wire", "Domain"]),
        tests("NetTests", on: ["Net", "Domain", "CLinux"]),
        tests("CryptoTests", on: ["Crypto", "Domain"]),
        tests("ConfigTests", on: ["Config", "Domain"]),
        tests("TelemetryTests", on: ["Telemetry", "Domain"]),
        tests("ServerTests", on: ["HTTPCases", "Server", "Wire", "Net", "Crypto", "Domain", "CLinux", "COpenSSL"]),
        tests(
            "SignaturesTests", on: ["Signatures", "Wire", "Net", "Crypto", "Config", "Domain"],
            resources: [.copy("Fixtures")]),
        tests("LedgersTests", on: ["Ledgers", "Domain", "Crypto", "Telemetry", "Net", "CSQLite"]),
        tests(
            "KeysTests",
            on: ["Keys", "Signatures", "Telemetry", "Config", "Crypto", "Net", "Wire", "Domain"]),
        tests("RoutesTests", on: ["Routes", "Signatures", "Config", "Crypto", "Net", "Wire", "Domain"]),
        tests(
            "DeliveryTests",
            on: [
                "CCurl", "Delivery", "Routes", "Ledgers", "Signatures", "Config", "Telemetry", "Net", "Crypto", "Wire",
                "Domain",
            ]),
        tests(
            "AdminTests",
            on: ["Admin", "Server", "Ledgers", "Routes", "Telemetry", "Crypto", "Net", "Wire", "Domain"]),
        tests(
            "CommandTests",
            on: [
                "headgate", "Admin", "Routes", "Ledgers", "Signatures", "Server", "Telemetry", "Config", "Crypto",
                "Net",
                "Wire", "Domain", "CLinux",
            ]),
        tests(
            "Fuzz", on: ["Domain", "Wire", "Net", "Crypto", "Config", "Signatures", "Routes"],
            exclude: ["Driver", "Corpus", "Dictionaries"]),
        tests("ArchitectureTests", on: []),
    ],
    swiftLanguageModes: [.v6]
)

if let libFuzzer, let replay = package.targets.first(where: { $0.name == "Fuzz" }) {
    let fuzzed: Set = ["CLinux", "COpenSSL", "Domain", "Wire", "Net", "Crypto", "Config", "Signatures", "Routes"]
    package.products = []
    package.targets.removeAll { !fuzzed.contains($0.name) }
    package.targets.append(
        .executableTarget(
            name: replay.name, dependencies: replay.dependencies, path: "Tests/Fuzz",
            exclude: ["Replay", "Corpus", "Dictionaries"], swiftSettings: strict,
            // The driver is C++. gold, the standard linker here, takes AddressSanitizer's lists for an error.
            linkerSettings: [
                .unsafeFlags(["-sanitize=address", "-use-ld=lld", "-Xlinker", libFuzzer]), .linkedLibrary("stdc++"),
            ]))
}
