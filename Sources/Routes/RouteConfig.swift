package import Crypto
package import Domain
package import Signatures

/// How a route tells genuine requests, and where their provider names the event.
package struct RouteProof: Sendable {
    package let verifier: VerifierSpec
    /// For telling duplicates; nil: equal bodies are duplicates.
    package let id: Extractor?
    package let type: Extractor?
}

/// One route file, read and checked. Shared by every thread, never changed: a reload makes a new table.
package final class RouteConfig: Sendable {
    /// Whether the route can tell genuine requests from others.
    package enum State: Sendable {
        case ready(RouteProof)
        /// A secret cannot be used: every request is answered 503 and nothing passes. The reason names the secret and
        /// never holds it.
        case unavailable(reason: String)
    }

    package struct Ack: Sendable {
        package let status: Int
        /// Empty together with the body.
        package let type: String
        package let body: Bytes
        package init(status: Int, type: String, body: Bytes) {
            self.status = status
            self.type = type
            self.body = body
        }
    }

    /// A name of `types`, under which the registration API offers events.
    package struct TypeGroup: Sendable {
        package let name: String
        package let filter: EventFilter
        package init(name: String, filter: EventFilter) { (self.name, self.filter) = (name, filter) }
    }

    /// An OAuth2 token endpoint (RFC 6749 section 4.4) for providers that fetch their bearer token from the receiver.
    package struct Tokens: Sendable {
        package let path: String
        /// Live ones; any pair of them is accepted. Empty while the route is unavailable.
        package let clientIDs: [Secret]
        /// The first signs, any verifies.
        package let clientSecrets: [Secret]
        package let lifetime: TimeSpan
        /// The claims `iss` and `aud`, which the route's verifier demands.
        package let issuer: String
        package let audience: String
    }

    package let name: String
    package let file: String
    package let path: String
    package let state: State
    /// What its verifier is made of; nil when no secret that is added would open the route.
    let recipe: VerifierRecipe?
    /// As its file has it, where the API has changed something; nil when this is it.
    private let origin: RouteConfig?
    /// Why it takes nothing for now, by an operator's order; nil while it is enabled.
    package let disabled: String?
    /// Secrets that were added through the API and count now.
    package let added: [AddedSecrets]
    /// The first preset that `verify` names; nil when the operator wrote the verifier.
    package let preset: String?
    /// Of events; upper case, as on the wire.
    package let methods: [Bytes]
    /// What the provider asks before it sends events, or now and then.
    package let handshakes: [Handshake]
    /// Those that only handshakes have.
    package let handshakeMethods: [Bytes]
    /// How the keys of its verifier are fetched, and what it confirms is opened.
    package let keys: KeySettings
    /// It opens the address by which a provider has a subscription confirmed.
    package let confirms: Bool
    package let publicURL: String?
    package let groups: [TypeGroup]
    package let ack: Ack
    /// For requests that are not genuine; nil for the usual 401.
    package let reject: Ack?
    /// Empty: any source.
    package let allow: [IPRange]
    /// In bytes.
    package let maxBody: Int
    /// How long an event id is remembered; nil when duplicates are not looked for.
    package let dedup: TimeSpan?
    package let tokens: Tokens?
    /// Of subscribers that say nothing else.
    package let retry: RetryPolicy
    package let subscribers: [SubscriberConfig]

    init(
        name: String, file: String, path: String, state: State, recipe: VerifierRecipe?, preset: String?,
        methods: [String],
        handshakes: [Handshake], keys: KeySettings, confirms: Bool, publicURL: String?, groups: [TypeGroup], ack: Ack,
        reject: Ack?, allow: [IPRange],
        maxBody: Int, dedup: TimeSpan?,
        tokens: Tokens?, retry: RetryPolicy, subscribers: [SubscriberConfig]
    ) {
        self.name = name
        self.file = file
        self.path = path
        self.state = state
        self.recipe = recipe
        (origin, disabled, added) = (nil, nil, [])
        self.preset = preset
        self.methods = methods.map(Bytes.init)
        self.handshakes = handshakes
        handshakeMethods = Set(handshakes.flatMap(\.methods)).subtracting(methods).sorted().map(Bytes.init)
        self.keys = keys
        self.confirms = confirms
        self.publicURL = publicURL
        self.groups = groups
        self.ack = ack
        self.reject = reject
        self.allow = allow
        self.maxBody = maxBody
        self.dedup = dedup
        self.tokens = tokens
        self.retry = retry
        self.subscribers = subscribers
    }

    /// `file`'s route with what was changed of it through the API.
    init(_ file: RouteConfig, state: State, disabled: String?, allow: [IPRange], added: [AddedSecrets]) {
        origin = file
        self.state = state
        self.disabled = disabled
        self.allow = allow
        self.added = added
        recipe = file.recipe
        name = file.name
        self.file = file.file
        path = file.path
        preset = file.preset
        methods = file.methods
        handshakes = file.handshakes
        handshakeMethods = file.handshakeMethods
        keys = file.keys
        confirms = file.confirms
        publicURL = file.publicURL
        groups = file.groups
        ack = file.ack
        reject = file.reject
        maxBody = file.maxBody
        dedup = file.dedup
        tokens = file.tokens
        retry = file.retry
        subscribers = file.subscribers
    }

    /// Without what was changed through the API.
    package var asWritten: RouteConfig { origin ?? self }

    package func admits(_ source: IPAddress) -> Bool { allow.isEmpty || allow.contains { $0.contains(source) } }

    /// Whether an event may come by this method.
    package func takes(method: UnsafeRawBufferPointer) -> Bool {
        methods.contains { $0.buffer.elementsEqual(method) }
    }

    /// Whether anything may.
    package func hears(method: UnsafeRawBufferPointer) -> Bool {
        takes(method: method) || handshakeMethods.contains { $0.buffer.elementsEqual(method) }
    }
}
