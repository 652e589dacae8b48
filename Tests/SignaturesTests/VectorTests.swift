import Config
import Crypto
import Domain
import Net
import Testing

@testable import Signatures

@Suite("Recorded requests") struct VectorTests {
    static let verifications = VectorFile.shared.vectors.filter { $0.isValid != nil }

    @Test("get the verdict of their provider's own software", arguments: verifications)
    func verdict(_ vector: Vector) throws {
        let (spec, diagnostics) = read(vector.shippedVerify, vector.secrets, allow: allow)
        if let spec {
            let verifier = try Verifier(spec)
            let result = vector.request.withView {
                verifier.verify($0, from: vector.address, publicURL: vector.publicURL, at: vector.now)
            }
            #expect(result.isAccepted == vector.isValid, "\(result)")
        } else {
            // Only an empty secret stops a verifier from being made at all.
            #expect(vector.id == "std-12-empty-secret", "\(diagnostics.map(\.line))")
        }
    }

    private let allow = [IPRange(text: "203.0.113.0/24")!]
}

extension Vector {
    /// Shipped presets are tested as shipped; the few that are not shipped, as the fixture has them.
    fileprivate var shippedVerify: ConfigNode {
        guard let presetName, Preset.named(presetName) == nil else { return verify }
        return VectorFile.shared.presets[presetName] ?? verify
    }
}

extension Verification {
    var isAccepted: Bool { if case .accepted = self { true } else { false } }
}

func read(
    _ node: ConfigNode, _ secrets: SecretTable = [:], route: String = "test", allow: [IPRange] = []
) -> (spec: VerifierSpec?, diagnostics: [Diagnostic]) {
    var diagnostics = Diagnostics()
    let spec = VerifierSpec(node, secrets: secrets, route: route, allow: allow, into: &diagnostics)
    return (spec, diagnostics.all)
}
