import Config
import Crypto
import Domain
import Foundation
import Net
import Testing
import Wire

@testable import Signatures

/// One recorded request with the verdict that a verifier must give.
struct Vector: Sendable, CustomTestStringConvertible {
    let id: String
    let provider: String
    let verify: ConfigNode
    let presetName: String?
    let secrets: SecretTable
    let request: ProviderRequest
    let now: WallTime
    let publicURL: String?
    let address: IPAddress
    /// Nil for answers to handshakes.
    let isValid: Bool?
    let respond: String?
    let respondKey: ConfigNode?
    let answer: String?
    /// Of that answer.
    let fields: [String: String]

    var testDescription: String { id }
}

struct VectorFile: Sendable {
    let vectors: [Vector]
    let presets: [String: ConfigNode]

    static let shared = VectorFile()

    private init() {
        do {
            let url = try #require(Bundle.module.url(forResource: "Fixtures/vectors", withExtension: "json"))
            let root = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
            presets = try #require(root["presets"] as? [String: Any]).mapValues { configNode($0) }
            vectors = try #require(root["vectors"] as? [[String: Any]]).map(Vector.init)
        } catch {
            fatalError("vectors.json cannot be read: \(error)")
        }
    }
}

extension Vector {
    fileprivate init(_ item: [String: Any]) throws {
        let request = try #require(item["request"] as? [String: Any])
        id = try #require(item["id"] as? String)
        provider = try #require(item["provider"] as? String)
        verify = configNode(try #require(item["verify"]))
        presetName = item["verify"] as? String
        secrets = (item["secrets"] as? [String: String] ?? [:]).mapValues { [Secret($0)] }
        let url = try #require(request["url"] as? String)
        var headers: [ProviderRequest.Line] = []
        for (name, value) in try #require(request["headers"] as? [String: Any]) {
            for value in value as? [String] ?? [value as? String ?? ""] { headers.append(.init(name, value)) }
        }
        let body = try #require(Data(base64Encoded: request["body_b64"] as? String ?? ""))
        self.request = ProviderRequest(
            method: request["method"] as? String ?? "POST", url: url, fields: headers, body: Array(body))
        now = WallTime(seconds: (item["now"] as? NSNumber)?.int64Value ?? 0)
        publicURL = item["public_url"] as? String
        address = (request["ip"] as? String).flatMap { IPAddress(text: $0) } ?? IPAddress(v4: 0x7f00_0001)
        isValid = (item["expect"] as? String).map { $0 == "valid" }
        respond = item["respond"] as? String
        respondKey = (item["respond_key"] as? [String: Any]).map { configNode($0) }
        answer = item["expect_response"] as? String
        fields = item["expect_fields"] as? [String: String] ?? [:]
    }
}

func configNode(_ value: Any, path: String = "verify") -> ConfigNode {
    ConfigNode(configValue(value), file: "test.json5", path: path)
}

/// A node from JSON5 text.
func configNode(json5 text: String) -> ConfigNode {
    var diagnostics = Diagnostics()
    let node = JSON5.parse(Array(text.utf8), file: "test.json5", into: &diagnostics)
    if let node { return node }
    fatalError("\(diagnostics.all.map(\.line))")
}

private func configValue(_ value: Any) -> ConfigValue {
    switch value {
    case let text as String: return .string(text)
    case let list as [Any]: return .array(list.map(configValue))
    case let members as [String: Any]:
        return .object(members.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: configValue($0.value)) })
    case let number as NSNumber:
        return isBool(number) ? .bool(number.boolValue) : .number(number.stringValue)
    default: return .null
    }
}

/// JSONSerialization gives booleans as numbers whose type encoding is that of a Bool.
private func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
