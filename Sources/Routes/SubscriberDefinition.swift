package import Config
package import Crypto
internal import Signatures

/// What a registered subscriber's JSON says beside its name and URL, in two parts: one in clear, one that may hold secrets.
package struct SubscriberDefinition: Sendable, Equatable {
    /// In both parts together; no two of one key.
    package private(set) var members: [ConfigValue.Member]

    /// The secret was made here, not by who registered it.
    package static let generated = "generated"
    /// The form is kept with its key, and not used.
    package static let unsigned = "unsigned"

    package init(_ members: [ConfigValue.Member] = []) { self.members = members }

    /// - Returns: nil when one of the texts is no JSON object.
    package init?(clear: String, secrets: Secret?) {
        guard var members = Self.members(Array(clear.utf8)) else { return nil }
        if let secrets {
            guard let more = secrets.withBytes({ Self.members(Array($0)) }) else { return nil }
            members += more
        }
        self.members = members
    }

    private static func members(_ text: [UInt8]) -> [ConfigValue.Member]? {
        var ignored = Diagnostics()
        guard case .object(let members) = JSON5.parse(text, file: "definition", into: &ignored)?.value else {
            return nil
        }
        return members
    }

    package subscript(key: String) -> ConfigValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let place = members.firstIndex { $0.key == key }
            switch (newValue, place) {
            case (let value?, let place?): members[place] = .init(key: key, value: value)
            case (let value?, nil): members.append(.init(key: key, value: value))
            case (nil, let place?): members.remove(at: place)
            case (nil, nil): break
            }
        }
    }

    package var clear: [ConfigValue.Member] { members.filter { !Self.isSecret($0) } }
    package var secret: [ConfigValue.Member] { members.filter(Self.isSecret) }

    private static func isSecret(_ member: ConfigValue.Member) -> Bool {
        SubscriberRequest.secretKeys.contains(member.key) && member.value != .null
    }

    /// As `SubscriberRequest` reads it.
    package func document(name: String, url: String) -> ConfigNode {
        var shown = self
        shown[Self.generated] = nil
        if shown[Self.unsigned] != nil { shown["sign"] = nil }
        shown[Self.unsigned] = nil
        shown["name"] = .string(name)
        shown["url"] = .string(url)
        return ConfigNode(.object(shown.members), file: "body")
    }

    /// Whether this is what `request` would have made of nothing, whatever the order of members.
    package func isSame(as request: SubscriberDefinition) -> Bool {
        var mine = self
        if mine[Self.generated] != nil, request["secret"] == nil { mine["secret"] = nil }
        mine[Self.generated] = nil
        func sorted(_ definition: SubscriberDefinition) -> [ConfigValue.Member] {
            definition.members.sorted { $0.key < $1.key }
        }
        return sorted(mine) == sorted(request)
    }

    /// JSON Merge Patch (RFC 7396).
    package mutating func merge(_ patch: [ConfigValue.Member]) {
        for member in patch { self[member.key] = Self.merged(self[member.key], member.value) }
    }

    private static func merged(_ old: ConfigValue?, _ patch: ConfigValue) -> ConfigValue? {
        switch patch {
        case .null: return nil
        case .object(let members):
            var base = SubscriberDefinition()
            if case .object(let old) = old { base = SubscriberDefinition(old) }
            base.merge(members)
            return .object(base.members)
        case .bool, .number, .string, .array: return patch
        }
    }
}

extension SubscriberRequest {
    /// A new HMAC secret, as text.
    package static func newSecret() throws(CryptoError) -> String { try StandardWebhooks.newSecret() }
}
