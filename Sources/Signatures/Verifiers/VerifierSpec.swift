package import Config
package import Crypto
package import Domain
internal import Wire

/// A route's verifier as read from its file: immutable, with its secrets in place, shared by all threads. Each thread
/// makes its own `Verifier` of it.
package struct VerifierSpec: Sendable {
    let scheme: Scheme
    let jsonPaths: [JSONPath]
    /// The least that any accepted request proves.
    package let coverage: Coverage
    /// Lower-case names of the fields that carry a token or password: never stored, never forwarded.
    package let credentialFields: [String]
    /// Names of the secrets that it uses.
    package let secretNames: Set<String>
    /// The provider signs the URL: the route needs `publicUrl`.
    package let signsURL: Bool
    /// Parts of the query prove the sender, or are signed.
    package let readsQuery: Bool
    /// An old request is refused by its own timestamp.
    package let hasReplayWindow: Bool
    /// Everything is accepted, or everything from some addresses.
    package let isUnauthenticated: Bool
    /// Where its keys are fetched from; empty when all of them are kept.
    package let keySources: [KeySource]
    /// Secrets that are not given, so that what they would restrict is open.
    package let openNames: Set<String>
    /// Labels of the added secrets that it uses.
    package let addedLabels: Set<String>
    /// Values at JSON paths, in a query or form are signed instead of the body as a whole.
    package var signsPartOfBody: Bool { coverage != .full }

    /// Reads a verifier: the name of a preset, an object with a `type`, or `{all: […]}`, `{any: […]}`.
    ///
    /// - Parameters:
    ///   - route: the route's name, which `{route}` stands for.
    ///   - allow: the route's `allow`, for verifiers of type `ip` that bring no list.
    ///   - keys: the route's `keys`, for verifiers that fetch theirs.
    ///   - added: secrets that count beside `secrets`.
    ///   - diagnostics: receives everything that is wrong, never a secret. Nil is returned if anything is: a route
    ///     without its verifier accepts nothing.
    package init?(
        _ node: ConfigNode, secrets: SecretTable, route: String = "", allow: [IPRange] = [],
        keys: KeySettings = KeySettings(), adding added: [AddedSecrets] = [], into diagnostics: inout Diagnostics
    ) {
        var reader = SpecReader(root: node, secrets: secrets, route: route, allow: allow)
        reader.keySettings = keys
        reader.added = added
        let scheme = reader.scheme(node)
        reader.reportMissingSecrets()
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
        guard let scheme, !reader.diagnostics.hasErrors else { return nil }
        self.scheme = scheme
        jsonPaths = reader.jsonPaths
        secretNames = reader.secretNames
        signsURL = reader.signsURL
        readsQuery = reader.readsQuery
        credentialFields = scheme.credentialFields.sorted()
        coverage = scheme.coverage
        hasReplayWindow = scheme.hasReplayWindow
        isUnauthenticated = scheme.isUnauthenticated
        keySources = scheme.keySources
        openNames = reader.openNames
        addedLabels = reader.addedInUse
    }

    /// Names of the secrets that a verifier refers to, whatever else is wrong with it: tells a route that only lacks
    /// its secrets from one that is misspelled.
    package static func secretNames(of node: ConfigNode) -> Set<String> {
        var reader = SpecReader(root: node, secrets: [:], route: "", allow: [])
        _ = reader.scheme(node)
        return reader.secretNames
    }
}

extension Scheme {
    var coverage: Coverage {
        switch self {
        case .mac(_, _, let signed), .digest(_, let signed), .signature(_, _, let signed):
            signed.forms.map(\.coverage).min { $0.rawValue < $1.rawValue } ?? .none
        case .token, .basic: .partial
        case .jwt(let jwt): jwt.coverage
        case .address: .address
        case .none: .none
        case .all(let members): members.map(\.coverage).max { $0.rawValue < $1.rawValue } ?? .none
        case .any(let members): members.map(\.coverage).min { $0.rawValue < $1.rawValue } ?? .none
        }
    }

    var hasReplayWindow: Bool {
        switch self {
        case .mac(_, _, let signed), .digest(_, let signed), .signature(_, _, let signed):
            signed.window.map { !$0.isOff } ?? false
        case .jwt: true
        case .token, .basic, .address, .none: false
        case .all(let members): members.contains(where: \.hasReplayWindow)
        case .any(let members): members.allSatisfy(\.hasReplayWindow)
        }
    }

    var keySources: [KeySource] {
        switch self {
        case .signature(_, _, let signed): signed.source.map { [$0] } ?? []
        case .jwt(let jwt): jwt.source.map { [$0] } ?? []
        case .mac, .digest, .token, .basic, .address, .none: []
        case .all(let members), .any(let members): members.flatMap(\.keySources)
        }
    }

    var isUnauthenticated: Bool {
        switch self {
        case .mac, .digest, .signature, .token, .basic, .jwt: false
        case .address, .none: true
        case .all(let members): members.allSatisfy(\.isUnauthenticated)
        case .any(let members): members.contains(where: \.isUnauthenticated)
        }
    }

    /// Header fields that hold a secret as it is: a token's, those that have to equal one, and Authorization with whatever
    /// proof stands in it.
    var credentialFields: Set<String> {
        switch self {
        case .token(let token): Self.field(token.location).union(Self.fields(of: token.guards))
        case .jwt(let jwt): Self.field(jwt.location).union(Self.fields(of: jwt.guards))
        case .basic(_, let guards): Self.fields(of: guards).union(["authorization"])
        case .mac(_, _, let signed), .digest(_, let signed), .signature(_, _, let signed):
            Self.fields(of: signed.guards).union(Self.hiddenPlaces(of: signed))
        case .all(let members), .any(let members):
            members.reduce(into: []) { $0.formUnion($1.credentialFields) }
        case .address, .none: []
        }
    }

    /// Where a signature stands in a field that is never kept, whatever it holds.
    private static func hiddenPlaces(of signed: SignedScheme) -> Set<String> {
        Set(signed.place.locations.flatMap(Self.field)).intersection(["authorization"])
    }

    private static func field(_ location: Location) -> Set<String> {
        if case .header(let name) = location { [name.text] } else { [] }
    }

    private static func fields(of guards: [Guard]) -> Set<String> {
        Set(
            guards.compactMap { condition in
                guard case .header(let name) = condition.part.source, condition.values.contains(where: \.holdsSecret)
                else { return nil }
                return name.text
            })
    }
}

extension Template {
    fileprivate var holdsSecret: Bool { parts.contains { if case .secret = $0 { true } else { false } } }
}
