package import Config
package import Crypto
internal import Domain

package struct LoadedRoutes: Sendable {
    /// Nil when a file is wrong; a secret that cannot be used makes only its route unavailable.
    package let table: RouteTable?
    package let diagnostics: Diagnostics
}

extension RouteTable {
    /// What a load is for decides how a secret that cannot be used is told.
    package enum Purpose: Sendable {
        /// A warning: the gateway starts, and the route answers 503.
        case serve
        /// An error.
        case check
    }

    /// Reads every `*.json5` and `*.json` of a directory; other files, and names that begin with a dot, are left alone,
    /// with a warning for what looks like another configuration.
    /// `file:` paths in a route file begin at its directory.
    ///
    /// - Parameter signing: keys, decoded, that sign for subscribers without a `secret` of their own.
    package static func load(
        directory: String, surroundings: Surroundings, signing: [Secret], purpose: Purpose
    ) -> LoadedRoutes {
        var loader = RouteLoader(directory: directory, surroundings: surroundings, signing: signing, purpose: purpose)
        let routes = loader.routes()
        let signingKeys = loader.pool.keys(signing)
        return LoadedRoutes(
            table: loader.diagnostics.hasErrors ? nil : RouteTable(routes, signing: signingKeys),
            diagnostics: loader.diagnostics)
    }
}

private struct RouteLoader {
    let directory: String
    let surroundings: Surroundings
    let signing: [Secret]
    let purpose: RouteTable.Purpose
    var diagnostics = Diagnostics()
    var pool = SigningKeyPool()

    init(directory: String, surroundings: Surroundings, signing: [Secret], purpose: RouteTable.Purpose) {
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        self.surroundings = surroundings
        self.signing = signing
        self.purpose = purpose
    }

    mutating func routes() -> [RouteConfig] {
        let files = files()
        guard files.count <= Limits.routes else {
            report(directory, "more than \(Limits.routes) routes", "run several gateways")
            return []
        }
        var routes: [RouteConfig] = []
        for (place, (name, file)) in files.enumerated() {
            if place > 0, files[place - 1].name == name {
                report(file, "\(quoted(name)) is also the name of \(files[place - 1].file)", "rename one of them")
            } else if let route = route(name, in: file) {
                routes.append(route)
            }
        }
        reportSharedPaths(of: routes)
        return routes
    }

    /// Route files by name, sorted.
    private mutating func files() -> [(name: String, file: String)] {
        let entries: [String]
        switch surroundings.fileNames(directory) {
        case .success(let names): entries = names
        case .failure(let problem):
            report(directory, "the directory of routes \(problem.text)", "create it, or name another with --routes")
            return []
        }
        var files: [(name: String, file: String)] = []
        for entry in entries.sorted() where !entry.hasPrefix(".") {
            guard entry.hasSuffix(".json5") || entry.hasSuffix(".json") else {
                warnOfEnding(entry)
                continue
            }
            let name = String(entry.dropLast(entry.hasSuffix(".json5") ? 6 : 5))
            if isName(name) {
                files.append((name, "\(directory)/\(entry)"))
            } else {
                report("\(directory)/\(entry)", "\(quoted(name)) cannot be the name of a route", nameCure)
            }
        }
        if files.isEmpty, !diagnostics.hasErrors {
            report(
                directory, "no route file here",
                "put one there, such as github.json5 with { verify: \"github\", secrets: { SECRET: \"env:…\" }, … }")
        }
        return files.sorted { ($0.name, $0.file) < ($1.name, $1.file) }
    }

    /// Keys, notes and editors' backups may lie beside routes; what has the ending of another configuration is a route
    /// that somebody misses.
    private mutating func warnOfEnding(_ entry: String) {
        let endings = [".json5", ".json", ".jsonc", ".yaml", ".yml", ".toml"]
        guard let ending = endings.first(where: entry.lowercased().hasSuffix) else { return }
        diagnostics.report(
            Diagnostic(
                .warning, file: "\(directory)/\(entry)", path: "", problem: "this is no route file, and is not read",
                cure: "write JSON5, and name it \(entry.dropLast(ending.count).lowercased()).json5"))
    }

    private mutating func route(_ name: String, in file: String) -> RouteConfig? {
        switch surroundings.readFile(file, Limits.routeFileBytes) {
        case .failure(let problem):
            let cure =
                switch problem {
                case .missing: "it is a link to nothing: mend it, or remove it"
                case .notRegular: "remove it, or name it otherwise"
                default: "let the gateway's user read it, or remove it"
                }
            report(file, "the file \(problem.text)", cure)
            return nil
        case .success(let bytes):
            guard let document = JSON5.parse(bytes, file: file, into: &diagnostics) else { return nil }
            var reader = RouteReader(
                name: name, document: document, secrets: SecretReader(surroundings, directory: directory),
                signing: signing, unusable: purpose == .check ? .error : .warning)
            let route = reader.route(pool: &pool)
            for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
            return route
        }
    }

    private mutating func reportSharedPaths(of routes: [RouteConfig]) {
        var owners: [String: String] = [:]
        for route in routes {
            for path in [route.path] + (route.tokens.map { [$0.path] } ?? []) {
                guard let owner = owners.updateValue(route.file, forKey: path) else { continue }
                diagnostics.report(
                    Diagnostic(
                        .error, file: route.file, path: "path", problem: "\(path) is already taken by \(owner)",
                        cure: "give each route its own path"))
            }
        }
    }

    private mutating func report(_ file: String, _ problem: String, _ cure: String) {
        diagnostics.report(Diagnostic(.error, file: file, path: "", problem: problem, cure: cure))
    }
}
