import Config
import Crypto
import Domain
import Routes
import Wire

/// A directory of route files and an environment that exist only in the test.
struct MadeUp {
    /// Path → content.
    var files: [String: String]
    var environment: [String: String] = [:]
    /// Path → why it cannot be read.
    var broken: [String: FileProblem] = [:]

    static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    init(_ files: [String: String], environment: [String: String] = [:], broken: [String: FileProblem] = [:]) {
        self.files = files
        self.environment = environment
        self.broken = broken
    }

    /// One route, `routes/r.json5`, that is complete but for `members`.
    static func route(_ members: String, environment: [String: String] = [:]) -> MadeUp {
        let base = members.contains("verify:") ? "" : #"verify: "bitbucket", secrets: { SECRET: "env:S" }, "#
        return MadeUp(
            ["routes/r.json5": "{ \(base)\(members) }"],
            environment: environment.merging(["S": "a-secret"]) { given, _ in given })
    }

    static func subscriber(_ members: String, environment: [String: String] = [:]) -> MadeUp {
        route(#"subscribers: [{ name: "s", url: "https://s.example.com/in", \#(members) }]"#, environment: environment)
    }

    var surroundings: Surroundings {
        let (files, broken) = (files, broken)
        return Surroundings(
            environment: environment,
            readFile: { path, most in
                if let problem = broken[path] { return .failure(problem) }
                guard let content = files[path] else { return .failure(.missing) }
                return content.utf8.count > most ? .failure(.larger(than: most)) : .success(Array(content.utf8))
            },
            fileNames: { directory in
                if let problem = broken[directory] { return .failure(problem) }
                let names = (Array(files.keys) + broken.keys).filter { $0.hasPrefix(directory + "/") }
                    .map { String($0.dropFirst(directory.utf8.count + 1)) }
                return .success(names.filter { !$0.contains("/") })
            })
    }

    static var signing: [Secret] { [Secret(Array(repeating: 7, count: 32))] }

    func load(_ purpose: RouteTable.Purpose = .check, signing: [Secret] = MadeUp.signing) -> LoadedRoutes {
        RouteTable.load(directory: "routes", surroundings: surroundings, signing: signing, purpose: purpose)
    }

    func lines(_ purpose: RouteTable.Purpose = .check, signing: [Secret] = MadeUp.signing) -> [String] {
        load(purpose, signing: signing).diagnostics.all.map(\.line)
    }

    /// The only route.
    func only(_ purpose: RouteTable.Purpose = .check) -> RouteConfig? { load(purpose).table?.routes.first }
}

extension RouteTable {
    func match(_ path: String) -> Match? { Array(path.utf8).withUnsafeBytes { match($0) } }
}

extension RouteConfig {
    var proof: RouteProof? {
        if case .ready(let proof) = state { proof } else { nil }
    }
}

extension Secret {
    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
    var bytes: [UInt8] { withBytes { Array($0) } }
}

/// A request whose head is already ranges.
struct SampleRequest {
    let path: String
    let fields: [(name: String, value: String)]
    let body: String

    func with<R>(_ read: (RequestView) -> R) -> R {
        var bytes = Array("POST \(path)".utf8)
        let pathRange = 5..<bytes.count
        var ranges: [Field] = []
        for field in fields {
            let start = bytes.count
            bytes += field.name.utf8
            let middle = bytes.count
            bytes += field.value.utf8
            ranges.append(Field(name: start..<middle, value: middle..<bytes.count))
        }
        let head = RequestHead(
            method: 0..<4, path: pathRange, query: nil, host: nil, minorVersion: 1, fields: ranges,
            framing: .length(body.utf8.count), keepAlive: true, expectsContinue: false, length: bytes.count)
        return bytes.withUnsafeBytes { bytes in
            Array(body.utf8).withUnsafeBytes { read(RequestView(head: head, bytes: bytes, body: $0)) }
        }
    }
}

/// A throw-away RSA key's public half.
let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu+twtpRFnP59fNcCFQlJ
    Iw3Pg2OjygOw3S16sV1Qh5Olp7nTjG+un5eJ8ZQu1Az8Aa9i+7/WjrxQojsEG1i+
    oS4YxDiaZTE7e8fU5T5FnXWYmU0jHtsO9+/3Zc3OzlqcfzPyOdSsxriZ5w9JTjZG
    7janl/rLsgJM+HSdETGWsiGzRaTRMrmGJSXRJjIi+JeqLjKY3sC0OCWkG0sg6S2b
    KnQmH2q4ODpscvzVXEHXozJKZpyD6xti3qj2Gs2kFxJ9LKJMm3CRdrhcX9BM/Csb
    DWfaSVq/qC3wenuRoEJiSuXuYEroUDIDKR9lugrwBiCHtUVuBi2U4U6/gvwdWw5I
    +wIDAQAB
    -----END PUBLIC KEY-----
    """
