package import Crypto
package import Domain

/// What is hidden of a refused request, as the ledger has it: never in clear.
package struct HiddenParts: Sendable, Equatable {
    package let hasQuery: Bool
    /// Names of the fields that carried a token.
    package let fields: [String]
    /// Nil when it is not kept: there was no key to seal it with, or no body that could be verified with it.
    package let box: SealedBytes?

    package init(hasQuery: Bool, fields: [String], box: SealedBytes?) {
        self.hasQuery = hasQuery
        self.fields = fields
        self.box = box
    }

    package var isNothing: Bool { !hasQuery && fields.isEmpty }

    /// What a box is sealed for: it opens in no other row.
    package static func context(_ id: QuarantineID, of route: RouteID) -> [UInt8] {
        Array("headgate quarantine \(id.text) \(route.raw)".utf8)
    }
}

/// Why a verifier cannot look at what was hidden of a refused request.
package enum HiddenProblem: String, Error, Sendable {
    case notKept = "credentials-not-kept"
    case keyMissing = "ledger-key-missing"
    case keyWrong = "ledger-key-wrong"
    case changed = "credentials-changed"

    /// For the operator: the cure.
    package var cure: String {
        switch self {
        case .notKept:
            "their tokens and queries are not kept without a key: start with --ledger-key to keep, sealed, those of the "
                + "requests to come"
        case .keyMissing: "their tokens and queries are sealed: start with the --ledger-key that they were sealed with"
        case .keyWrong: "their tokens and queries are sealed with another key: start with that one as --ledger-key"
        case .changed: "their tokens and queries were changed in the ledger since they were sealed"
        }
    }
}

extension QuarantineDetail {
    /// - Throws: nothing when nothing was hidden.
    package func hidden(with key: SealingKey?) throws(HiddenProblem) -> RefusedRequest.Hidden {
        if hidden.isNothing { return .nothing }
        guard let box = hidden.box else { throw .notKept }
        do throws(LedgerKeyProblem) {
            let context = HiddenParts.context(row.id, of: request.route)
            let text = try box.open(with: key, for: context, of: row.id.text)
            guard let hidden = RefusedRequest.Hidden(text) else { throw .changed(owner: row.id.text) }
            return hidden
        } catch {
            switch error {
            case .missing: throw .keyMissing
            case .wrong: throw .keyWrong
            case .changed: throw .changed
            }
        }
    }
}

extension RefusedRequest.Hidden {
    private static let end: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

    var isNothing: Bool { query == nil && credentials.isEmpty }

    /// Of its fields, as received.
    var fields: [String] {
        credentials.text.split(separator: "\r\n").map { String($0.prefix { $0 != ":" }) }
    }

    /// To be sealed: the query, which has no line end, on a line of its own, and the fields.
    var text: Secret {
        Secret((query.map { Array($0.buffer) } ?? []) + Self.end + Array(credentials.buffer))
    }

    init?(_ text: Secret) {
        let bytes = text.withBytes { Array($0) }
        guard let mark = bytes.firstIndex(of: Self.end[0]), bytes[mark...].starts(with: Self.end) else { return nil }
        self.init(
            query: mark == 0 ? nil : Bytes(Array(bytes[..<mark])), credentials: Bytes(Array(bytes[(mark + 2)...])))
    }
}

extension HiddenParts {
    /// As it is written. Whatever cannot be sealed is not kept.
    init(_ request: RefusedRequest, as id: QuarantineID, key: SealingKey?) {
        let hidden = request.hidden
        var box: SealedBytes?
        if let key, request.body != nil, !hidden.isNothing {
            box = try? SealedBytes(hidden.text, with: key, for: Self.context(id, of: request.route))
        }
        self.init(hasQuery: hidden.query != nil, fields: hidden.fields, box: box)
    }
}

/// What sealing the hidden parts of refused requests with another key came to.
package struct Resealing: Sendable, Equatable {
    package var sealed = 0
    /// They open with neither key, and stay as they are.
    package var left = 0

    package init() {}
}
