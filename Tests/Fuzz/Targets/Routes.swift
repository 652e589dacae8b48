import Config
import Crypto
import Routes

extension FuzzTarget {
    /// A route file, in a directory and an environment that exist only here.
    ///
    /// There is a table, or there is an error that says why not, whatever the load is for; every diagnostic is one line, and
    /// none shows a secret of the environment or of a file.
    static let routes = FuzzTarget(name: "routes") { input throws(Violation) in
        for purpose in [RouteTable.Purpose.check, .serve] {
            let loaded = RouteTable.load(
                directory: "routes", surroundings: surroundings(input), signing: [Secret(Array("k".utf8))],
                purpose: purpose)
            let diagnostics = loaded.diagnostics
            try hold(
                (loaded.table == nil) == diagnostics.hasErrors,
                "\(loaded.table == nil ? "no table" : "a table") with \(diagnostics.all)")
            for diagnostic in diagnostics.all {
                try hold(isOneLine(diagnostic.line), "a diagnostic of several lines: \(diagnostic.line)")
                try hold(!diagnostic.line.contains("canary"), "a secret is shown: \(diagnostic.line)")
            }
        }
    }

    private static let standardSecret = "whsec_" + Base64.encode(Array("canary-canary-canary-canary".utf8))

    private static func surroundings(_ file: [UInt8]) -> Surroundings {
        Surroundings(
            environment: ["S": "canary-of-the-environment", "K": standardSecret, "EMPTY": ""],
            readFile: { path, most in
                switch path {
                case "routes/r.json5": file.count > most ? .failure(.larger(than: most)) : .success(file)
                case "routes/k": .success(Array("canary-of-a-file\n".utf8))
                case "routes/p": .success(Array("-----BEGIN PUBLIC KEY-----\ncanary\n-----END PUBLIC KEY-----\n".utf8))
                default: .failure(.missing)
                }
            },
            fileNames: { _ in .success(["r.json5"]) })
    }
}
