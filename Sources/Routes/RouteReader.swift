internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Signatures

/// Reads one route file. Everything wrong in it is reported, not only the first.
struct RouteReader {
    static let keys = [
        "path", "verify", "secrets", "publicUrl", "event", "types", "ack", "reject", "handshake", "allow", "methods",
        "maxBody", "dedup", "retry", "tokens", "keys", "confirm", "enabled",
        "subscribers",
    ]

    let name: String
    let document: ConfigNode
    let secrets: SecretReader
    /// Of subscribers that name no secret of their own; empty when none is set.
    let signing: [Secret]
    let unusable: Diagnostic.Severity
    var origin = Origin.file

    /// Who wrote what is read.
    enum Origin {
        /// The operator: secrets are named by where they are kept, and any address will do.
        case file
        /// Somebody with a token: `env:` and `file:` would read the gateway's own.
        case request(AddressPolicy, signing: SigningKeys)
    }

    /// Stands in place of what the file names; nil in all but a trial.
    var candidate: CandidateSecret?

    var diagnostics = Diagnostics()
    /// Why the route cannot tell genuine requests from others.
    var unavailable: String?
    /// Names of secrets that cannot be read.
    var unusableSecrets: Set<String> = []
    var eventID: Extractor?
    var eventType: Extractor?

    /// Nil when the file says `enabled: false`, or is no object. With errors reported the result only serves to compare
    /// routes with each other.
    mutating func route(pool: inout SigningKeyPool) -> RouteConfig? {
        guard let file = document.object(keys: Self.keys, into: &diagnostics) else { return nil }
        var table = secretTable(file["secrets"])
        let closedBySecrets = unavailable
        let path = path(file["path"])
        let tokens = tokens(file["tokens"], path: path, table: &table)
        let publicURL = publicURL(file["publicUrl"])
        let allow = ranges(file["allow"])
        let preset = Self.preset(file["verify"])
        let keys = keySettings(file["keys"])
        // No secret that is added mends what else is wrong.
        let isMendable = unavailable == closedBySecrets
        let proof = proof(file, secrets: table, allow: allow, keys: keys, preset: preset)
        let retry = retryPolicy(file["retry"], over: RetryPolicy())
        let subscribers = subscribers(file["subscribers"], retry: retry, pool: &pool)
        let ack = answer(file["ack"], statuses: 200...299, standard: preset?.ack ?? .standard)
        let reject = reject(file["reject"], standard: preset?.refusal)
        let handshakes = handshakes(file["handshake"], secrets: table, preset: preset)
        let confirms = confirms(file["confirm"], handshakes, proof)
        let maxBody =
            file["maxBody"]?.byteSize(in: 1...Limits.bodyBytesMost, into: &diagnostics) ?? Limits.bodyBytes
        let dedup = dedup(file["dedup"], preset: preset)
        let methods = methods(file["methods"])
        let groups = typeGroups(file["types"])
        let enabled = file["enabled"]?.bool(into: &diagnostics) ?? true
        guard enabled else { return nil }
        let closed =
            proof == nil ? VerifierRecipe.Closed(unusable: unusableSecrets, id: eventID, type: eventType) : nil
        let recipe = file["verify"].map { VerifierRecipe(verify: $0, secrets: table, closed: closed) }
        let state: RouteConfig.State =
            if let proof { .ready(proof) } else { .unavailable(reason: unavailable ?? "its verifier is wrong") }
        let route = RouteConfig(
            name: name, file: document.file, path: path, state: state, recipe: isMendable ? recipe : nil,
            preset: preset?.name, methods: methods,
            handshakes: handshakes, keys: keys, confirms: confirms, publicURL: publicURL, groups: groups, ack: ack,
            reject: reject, allow: allow,
            maxBody: maxBody,
            dedup: dedup, tokens: tokens, retry: retry, subscribers: subscribers)
        lint(file, route, proof)
        return route
    }

    private mutating func path(_ node: ConfigNode?) -> String {
        guard let node, let path = node.string(into: &diagnostics) else { return "/" + name }
        if let (problem, cure) = pathProblem(path) { diagnostics.report(node.error(problem, cure: cure)) }
        return path
    }

    private mutating func publicURL(_ node: ConfigNode?) -> String? {
        guard let node, let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        // Only its text is signed; where it leads is not dialled, so every address will do.
        switch SubscriberURL.read(text, policy: .routeFile) {
        case .success, .failure(.address):
            if !text.contains("?") { return text }
            diagnostics.report(
                node.error("the URL holds a query", cure: "leave it out; that of each request is added by itself"))
            return nil
        case .failure(let problem):
            diagnostics.report(node.error(problem.text, cure: problem.cure))
            return nil
        }
    }

    private mutating func ranges(_ node: ConfigNode?) -> [IPRange] {
        guard let node else { return [] }
        let cure = "write an address or a range such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"
        guard !node.elements.isEmpty else {
            diagnostics.report(
                node.error("the list is empty", cure: "name the provider's addresses, or leave the key out"))
            return []
        }
        guard node.elements.count <= Limits.addressRanges else {
            diagnostics.report(node.error("more than \(Limits.addressRanges) ranges", cure: "join neighbouring ranges"))
            return []
        }
        return node.elements.compactMap { element in
            guard let text = element.string(into: &diagnostics) else { return nil }
            if let range = IPRange(text: text), !text.contains("\0") { return range }
            diagnostics.report(element.error("\(quoted(text)) is no address and no range", cure: cure))
            return nil
        }
    }

    private mutating func dedup(_ node: ConfigNode?, preset: Preset?) -> TimeSpan? {
        guard let node else { return preset?.repeatsBodies == true ? nil : Limits.dedupWindow }
        if node.value == .string("off") { return nil }
        var found = Diagnostics()
        let span = node.duration(in: .seconds(1)...Limits.dedupWindowMost, into: &found)
        for diagnostic in found.all {
            diagnostics.report(node.error(diagnostic.problem, cure: diagnostic.cure + ", or \"off\""))
        }
        return span
    }

    private mutating func methods(_ node: ConfigNode?) -> [String] {
        guard let node else { return ["POST"] }
        if node.elements.isEmpty {
            diagnostics.report(
                node.error("the list is empty", cure: "name the provider's methods, or leave the key out"))
        }
        return node.elements.compactMap { $0.word(of: ["POST", "PUT", "PATCH", "GET"], into: &diagnostics) }
    }
}
