import Testing

/// From the bottom up. A target may use the layers below its own, never its neighbours, never what stands above.
private let layers: [Set<String>] = [
    ["Domain", "CLinux", "CCurl", "COpenSSL", "CSQLite"],
    ["Wire", "Net", "Crypto", "Config", "Telemetry"],
    ["Server", "Signatures", "Ledgers"],
    ["Routes", "Keys"],
    ["Intake", "Delivery", "Admin"],
    ["headgate"],
]

/// On the way of every event: Foundation's types allocate and copy.
private let hotPath: Set<String> = ["Domain", "Wire", "Net", "Crypto", "Server", "Ledgers", "Intake", "Delivery"]

@Suite("The arrows between targets")
struct LayerTests {
    @Test func `every target has its layer`() {
        #expect(Set(Manifest.current.products.map(\.name)) == layers.reduce([]) { $0.union($1) })
    }

    @Test(arguments: Manifest.current.products)
    func `point down`(of target: Manifest.Target) throws {
        let own = try #require(layers.firstIndex { $0.contains(target.name) })
        for dependency in target.dependencies {
            let below = layers[..<own].contains { $0.contains(dependency) }
            #expect(below, "\(target.name) leans on \(dependency), which is not in a layer below its own")
        }
    }

    @Test(arguments: Manifest.current.swiftTargets)
    func `cover every import`(of target: Manifest.Target) {
        let system: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials"]
        let forTests: Set<String> = ["Testing", "Foundation"]
        let allowed = system.union(target.dependencies).union(target.kind == .tests ? forTests : [])
        for file in Repository.files(under: target.directory, "swift") {
            let foreign = file.imports.subtracting(allowed).sorted()
            #expect(
                foreign.isEmpty, "\(file.path) imports \(foreign), which Package.swift does not give to \(target.name)")
        }
    }

    @Test(arguments: hotPath.sorted())
    func `keep Foundation off the way of an event`(in target: String) {
        for file in Repository.files(under: "Sources/\(target)", "swift") {
            let foundation = file.imports.filter { $0.hasPrefix("Foundation") }
            #expect(foundation.isEmpty, "\(file.path) imports \(foundation); bytes stay bytes here")
        }
    }

    @Test func `end at the domain, which imports no target`() {
        let targets = Set(Manifest.current.targets.map(\.name))
        for file in Repository.files(under: "Sources/Domain", "swift") {
            #expect(file.imports.isDisjoint(with: targets), "\(file.path) imports \(file.imports)")
        }
    }

    @Test func `start and end at directories that exist`() {
        #expect(Repository.entries(of: "Sources") == Manifest.current.products.map(\.name).sorted())
        for target in Manifest.current.targets {
            #expect(!Repository.entries(of: target.directory).isEmpty, "\(target.directory) is empty or missing")
        }
    }
}
