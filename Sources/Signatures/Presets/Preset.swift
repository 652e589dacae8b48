package import Config

/// A provider as data: how its requests are verified, where they name their event, and what answer it expects. Adding a
/// provider is adding one entry.
package struct Preset: Sendable {
    package let name: String
    /// The verifier in JSON5, as it could stand in a route file.
    package let verify: String
    /// The same as configuration, at a place that says which preset it is; read once, for ten thousand routes may name it.
    package let node: ConfigNode
    /// Where the provider names its event, for telling duplicates (an extractor: `json:id`, or a template); nil when it
    /// does not, so that equal bodies are duplicates.
    package let id: String?
    /// Where it names the event's type.
    package let type: String?
    package let ack: Acknowledgement
    /// What a request that is not genuine is told, where the provider tests even that; nil for the usual 401.
    package let refusal: Acknowledgement?
    /// Requests that only ask whether the URL is the customer's, in JSON5; nil when the provider sends none.
    package let handshake: String?
    /// The same as configuration, for `Handshake.read`.
    package let handshakeNode: ConfigNode?
    /// The provider's documentation, where it is public.
    package let docs: String?
    /// What an operator should know, in a line; may be empty.
    package let note: String
    /// It tells of different events in the same words, and has no id for each: equal bodies are no duplicates.
    package let repeatsBodies: Bool
    package let manners: Manners

    init(
        _ name: String, verify: String, id: String? = nil, type: String? = nil, ack: Acknowledgement = .standard,
        refusal: Acknowledgement? = nil, handshake: String? = nil, docs: String? = nil, note: String = "",
        repeatsBodies: Bool = false, manners: Manners
    ) {
        self.name = name
        self.verify = verify
        node = Self.read(verify, of: name)
        self.id = id
        self.type = type
        self.ack = ack
        self.refusal = refusal
        self.handshake = handshake
        handshakeNode = handshake.map { Self.read($0, of: name) }
        self.docs = docs
        self.note = note
        self.repeatsBodies = repeatsBodies
        self.manners = manners
    }

    package struct Acknowledgement: Sendable, Equatable {
        package let status: Int
        /// Nil with an empty body.
        package let type: String?
        package let body: String

        package init(status: Int, type: String?, body: String) {
            (self.status, self.type, self.body) = (status, type, body)
        }

        package static let standard = Acknowledgement(
            status: 200, type: "application/json", body: #"{"success":true}"#)
    }

    /// Names of the secrets that it needs, in order.
    package var secrets: [String] { VerifierSpec.secretNames(of: node).sorted() }

    /// All presets, those that providers share first.
    package static let all: [Preset] =
        standards + payouts + development + clouds + messaging + teams + payments + banks + chains + regional + business
        + sites

    /// Money moves on what they say.
    package var isPayments: Bool { Self.paymentNames.contains(name) }

    private static let paymentNames = Set(
        (payouts + payments + banks + chains + regional).map(\.name).filter { !$0.hasPrefix("incode") })

    package static let names = all.map(\.name)

    package static func named(_ name: String) -> Preset? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The provider that puts its signatures at all of these places and a signed timestamp beside them; nil when there is
    /// none, or one that does without.
    package static func withWindow(signingAt places: [String]) -> Preset? {
        let wanted = Set(places.map { $0.lowercased() })
        let known = wanted.isEmpty ? [] : outlines.filter { $0.places == wanted }
        return known.allSatisfy(\.hasWindow) ? known.first?.preset : nil
    }

    private static let outlines = all.map { preset in
        let outline = VerifierOutline(preset.node)
        return (preset: preset, places: Set(outline.places.map { $0.lowercased() }), hasWindow: outline.window != nil)
    }

    /// Begins what stands for a file's name where a preset is meant.
    static let filePrefix = "preset "

    private static func read(_ text: String, of name: String) -> ConfigNode {
        var diagnostics = Diagnostics()
        let file = filePrefix + name
        // A preset that cannot be read verifies nothing: null is no verifier. The tests read every one.
        return JSON5.parse(Array(text.utf8), file: file, into: &diagnostics) ?? ConfigNode(.null, file: file)
    }
}
