package import Crypto
package import Domain
package import Wire

/// A verifier made ready for one thread: it owns OpenSSL's contexts and the memory it works in.
package final class Verifier {
    private let check: Check
    private let finder: JSONFinder
    private var memory: [JSONValue?] = []
    /// How much of its time window the last request had used when it came, beyond 1 when it was refused for that; 0 where
    /// there is none. A clock that goes wrong, ours or the provider's, shows here before requests are lost.
    package private(set) var lateness = 0.0

    /// - Parameter handshakes: the route's: what these sign for anybody is no event.
    /// - Throws: when this OpenSSL lacks an algorithm; keys were judged when the spec was read.
    package init(_ spec: VerifierSpec, beside handshakes: [Handshake] = []) throws(CryptoError) {
        check = try Check(spec.scheme, open: handshakes.flatMap(\.signsForAnybody))
        finder = JSONFinder(spec.jsonPaths)
        memory.reserveCapacity(spec.jsonPaths.count)
    }

    /// - Parameters:
    ///   - source: the sender's address, as the trusted proxies tell it.
    ///   - publicURL: the route's, without query; needed when `VerifierSpec.signsURL`.
    ///   - known: keys that were fetched, for verifiers that nobody gave one.
    package func verify(
        _ request: RequestView, from source: IPAddress, publicURL: String?, at now: WallTime,
        knowing known: KnownKeys = .none
    ) -> Verification {
        var evaluation = Evaluation(
            request, from: source, publicURL: publicURL, at: now, finder: finder, json: exchange(&memory, with: []))
        evaluation.known = known
        let result = check.run(&evaluation)
        lateness = evaluation.lateness
        let wanted = evaluation.wanted
        memory = evaluation.takeMemory()
        if let wanted, result == .refused(.keyUnavailable) { return .needs(wanted) }
        return result
    }
}

private func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
    let old = place
    place = value
    return old
}

/// A tree of checks.
private indirect enum Check {
    case mac(MACCheck)
    case digest(DigestCheck)
    case signature(SignatureCheck)
    case token(TokenCheck)
    case basic(BasicCheck)
    case jwt(JWTCheck)
    case address([IPRange])
    case none
    case all([Check])
    case any([Check])

    /// - Parameter open: bytes of messages that anybody gets a MAC of.
    init(_ scheme: Scheme, open: [UInt8]) throws(CryptoError) {
        switch scheme {
        case .mac(let hash, let keys, let scheme): self = .mac(try MACCheck(hash, keys: keys, scheme, open: open))
        case .digest(let hash, let scheme): self = .digest(try DigestCheck(hash, scheme))
        case .signature(let algorithm, let keys, let scheme):
            self = .signature(try SignatureCheck(algorithm, keys: keys, scheme))
        case .token(let scheme): self = .token(TokenCheck(scheme: scheme))
        case .basic(let users, let guards): self = .basic(BasicCheck(users: users, guards: guards))
        case .jwt(let scheme): self = .jwt(try JWTCheck(scheme))
        case .address(let ranges): self = .address(ranges)
        case .none: self = .none
        case .all(let members): self = .all(try Self.checks(members, open: open))
        case .any(let members): self = .any(try Self.checks(members, open: open))
        }
    }

    private static func checks(_ schemes: [Scheme], open: [UInt8]) throws(CryptoError) -> [Check] {
        var checks: [Check] = []
        for scheme in schemes { checks.append(try Check(scheme, open: open)) }
        return checks
    }

    func run(_ evaluation: inout Evaluation) -> Verification {
        do throws(Verification.Refusal) {
            return .accepted(try prove(&evaluation))
        } catch {
            return .refused(error)
        }
    }

    private func prove(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        switch self {
        case .mac(let check): return try check.run(&evaluation)
        case .digest(let check): return try check.run(&evaluation)
        case .signature(let check): return try check.run(&evaluation)
        case .token(let check): return try check.run(&evaluation)
        case .basic(let check): return try check.run(&evaluation)
        case .jwt(let check): return try check.run(&evaluation)
        case .address(let ranges):
            guard ranges.contains(where: { $0.contains(evaluation.source) }) else { throw .address }
            return Proof(coverage: .address, provenBy: "")
        case .none: return Proof(coverage: .none, provenBy: "")
        case .all(let members):
            var proof = Proof(coverage: .none, provenBy: "")
            for member in members {
                let next = try member.prove(&evaluation)
                proof = Proof(
                    coverage: max(proof.coverage, next.coverage),
                    provenBy: [proof.provenBy, next.provenBy].filter { !$0.isEmpty }.joined(separator: ", "))
            }
            return proof
        case .any(let members):
            var nearest = Verification.Refusal.address
            for member in members {
                switch member.run(&evaluation) {
                case .accepted(let proof): return proof
                case .refused(let refusal): nearest = max(nearest, refusal)
                case .needs: nearest = max(nearest, .keyUnavailable)
                }
            }
            throw nearest
        }
    }
}

private func max(_ a: Coverage, _ b: Coverage) -> Coverage { a.rawValue >= b.rawValue ? a : b }
