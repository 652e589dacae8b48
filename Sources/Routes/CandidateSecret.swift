internal import Config
package import Crypto
internal import Domain

/// A secret that is to be tried before it is put into a route's file.
package struct CandidateSecret: Sendable {
    /// Its name among the route's secrets; nil where the route has only one.
    package let name: String?
    package let value: Secret
    var isUsed = false

    package init(name: String?, value: Secret) { (self.name, self.value) = (name, value) }
}

package struct CandidateProblem: Error, Sendable, CustomStringConvertible {
    package let description: String
    package init(description: String) { self.description = description }

    /// Nobody has routes to judge by.
    package static let stopped = CandidateProblem(description: "only a running gateway verifies requests again")
}

extension RouteConfig {
    /// This route as its file would make it with `secret`.
    ///
    /// - Throws: when the file cannot be read, has no such secret, or its verifier cannot use it.
    package func trying(_ secret: CandidateSecret, _ surroundings: Surroundings) throws(CandidateProblem) -> RouteConfig
    {
        var diagnostics = Diagnostics()
        guard case .success(let bytes) = surroundings.readFile(file, Limits.routeFileBytes),
            let document = JSON5.parse(bytes, file: file, into: &diagnostics)
        else { throw CandidateProblem(description: "\(file) cannot be read") }
        let directory = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
        var reader = RouteReader(
            name: name, document: document, secrets: SecretReader(surroundings, directory: directory), signing: [],
            unusable: .warning)
        reader.candidate = secret
        var pool = SigningKeyPool()
        let route = reader.route(pool: &pool)
        guard reader.candidate?.isUsed == true else {
            let which = secret.name.map { "no secret \(quoted($0))" } ?? "not exactly one secret"
            throw CandidateProblem(description: "route \(name) has \(which); name one of its own: NAME=env:VARIABLE")
        }
        guard let route, case .ready = route.state else {
            let problem = reader.diagnostics.all.first { $0.path.hasPrefix("secrets") || $0.path.hasPrefix("verify") }
            throw CandidateProblem(
                description: "route \(name) cannot use this secret\(problem.map { ": " + $0.problem } ?? "")")
        }
        // What the API has changed stands beside whatever the file says.
        return route.overlaid(by: overlay).route
    }
}
