package import Domain

/// How often each secret proved a request of one route, as one loop has counted since it last told the ledger.
package struct SecretCount: Sendable {
    private var counted: [(provenBy: String, count: Int64, last: WallTime)] = []

    /// As many as the verifiers that people write have; keys that providers publish come on top, and are not ours to count.
    private static let most = 64

    package init() {}

    package var isEmpty: Bool { counted.isEmpty }

    /// There are few, and mostly it is the same as before: a search is quicker than a hash.
    package mutating func note(_ provenBy: String, at now: WallTime) {
        for place in counted.indices where counted[place].provenBy == provenBy {
            counted[place].count += 1
            counted[place].last = max(counted[place].last, now)
            return
        }
        if !provenBy.isEmpty, counted.count < Self.most { counted.append((provenBy, 1, now)) }
    }

    /// - Parameter prints: of the route's secrets, by the labels of which `Proof.provenBy` is made.
    package mutating func take(of route: RouteID, prints: [String: String]) -> [SecretUse] {
        var uses: [String: (count: Int64, last: WallTime)] = [:]
        for (provenBy, count, last) in counted {
            let used = Set(Self.labels(in: provenBy).compactMap { prints[String($0)] })
            for print in used {
                let known = uses[print] ?? (0, last)
                uses[print] = (known.count + count, max(known.last, last))
            }
        }
        counted.removeAll(keepingCapacity: true)
        return uses.map { SecretUse(of: route, print: $0.key, count: $0.value.count, last: $0.value.last) }
    }

    /// `KEY+SECRET:partner form 2, TOKEN[1]`: the secrets of all verifiers, of each joined ones, and a form's number.
    private static func labels(in provenBy: String) -> [Substring] {
        provenBy.split(separator: ",").flatMap { part in
            part.drop { $0 == " " }.prefix { $0 != " " }.split(separator: "+")
        }
    }
}
