package import Crypto
package import Domain

/// Where a verifier's key comes from when nobody keeps it: read from configuration, immutable, shared by all threads.
/// What it says is pure: the fetching itself is elsewhere.
package final class KeySource: Sendable {
    /// The same for sources that ask the same place for the same with the same settings, also after a reload.
    package typealias ID = Digest256

    package let id: ID
    /// For logs and metrics: the host, or the pattern that hosts have to match.
    package let issuer: String
    package let settings: KeySettings
    /// Fields of the request, secrets among them.
    package let fields: [(name: String, value: Secret)]
    /// Where issuers of certificates may be fetched from.
    package let issuerHosts: [String]
    /// Secrets that take the place of fetching.
    package let keptAs: [String]
    let naming: Naming
    let url: [Part]
    /// Nil: it is a GET.
    let body: [Part]?
    let form: Form
    let lifetime: TimeSpan

    /// What tells one key of the source from another.
    enum Naming: Sendable {
        /// There is one document, with all keys in it.
        case document
        /// The `kid` of the token.
        case token
        case template(Template)
    }

    enum Part: Sendable {
        case text(Secret)
        case name
    }

    enum Form: Sendable {
        /// A PEM certificate for one of these names.
        case certificate([String])
        /// A set of keys, at most one document for each source.
        case set
        /// One key, itself or a member of a JSON object.
        case single(SpecReader.KeyFormat, member: [String])
    }

    /// What the whole URL must look like where the request names it.
    let hosts: [String]
    let path: String?

    init(
        id: ID, issuer: String, settings: KeySettings, fields: [(name: String, value: Secret)],
        keptAs: [String], naming: Naming,
        url: [Part], body: [Part]?, hosts: [String], path: String?, form: Form, issuerHosts: [String],
        lifetime: TimeSpan
    ) {
        self.id = id
        self.issuer = issuer
        self.settings = settings
        self.fields = fields
        self.keptAs = keptAs
        self.naming = naming
        self.url = url
        self.body = body
        self.hosts = hosts
        self.path = path
        self.form = form
        self.issuerHosts = issuerHosts
        self.lifetime = lifetime
    }

    /// Whether keys have names of their own, each fetched for itself.
    package var isNamed: Bool { if case .document = naming { false } else { true } }

    /// Nil when no key of this provider can have such a name: a stranger chose it, and it enters a URL.
    func request(named name: [UInt8]) -> KeyRequest? {
        guard isNamed ? isProper(name) : name.isEmpty else { return nil }
        return KeyRequest(source: self, name: name)
    }

    private func isProper(_ name: [UInt8]) -> Bool {
        guard (1...Limits.keyNameBytes).contains(name.count) else { return false }
        if !hosts.isEmpty { return isProperURL(name) }
        return name.allSatisfy { Self.isUnreserved($0) } && name.first != UInt8(ascii: ".")
    }

    /// `https://host/path` and nothing else: no user, port, query, escape or step upwards.
    private func isProperURL(_ name: [UInt8]) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        guard text.hasPrefix("https://") else { return false }
        let rest = text.dropFirst(8)
        guard let slash = rest.firstIndex(of: "/") else { return false }
        let (host, tail) = (rest[..<slash], rest[slash...])
        let isHost = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
        guard isHost, hosts.contains(where: { hostMatches(host, $0) }) else { return false }
        guard tail.utf8.allSatisfy({ Self.isUnreserved($0) || $0 == UInt8(ascii: "/") }), !tail.contains("/.") else {
            return false
        }
        return path.map { path in
            Array(tail.utf8).withUnsafeBytes { Glob.matches(Array(path.utf8), $0) }
        } ?? true
    }

    /// RFC 3986 section 2.3, and what base64 has beside it.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func fill(_ parts: [Part], _ name: [UInt8]) -> [UInt8] {
        parts.flatMap { part in
            switch part {
            case .text(let text): text.withBytes { Array($0) }
            case .name: name
            }
        }
    }
}

/// A key of a source: what caches are searched for.
package struct KeyName: Hashable, Sendable {
    package let source: KeySource.ID
    /// Empty for a source of one document.
    package let text: [UInt8]

    package init(source: KeySource.ID, text: [UInt8]) { (self.source, self.text) = (source, text) }
}

/// What has to be fetched before a request can be judged.
package struct KeyRequest: Sendable, Equatable {
    package let source: KeySource
    package let name: KeyName

    init(source: KeySource, name: [UInt8]) {
        self.source = source
        self.name = KeyName(source: source.id, text: name)
    }

    package static func == (a: KeyRequest, b: KeyRequest) -> Bool { a.name == b.name }

    package var url: String { String(decoding: KeySource.fill(source.url, name.text), as: UTF8.self) }

    /// JSON to be posted; nil for a GET. It may hold secrets.
    package var body: Secret? { source.body.map { Secret(KeySource.fill($0, name.text)) } }
}
