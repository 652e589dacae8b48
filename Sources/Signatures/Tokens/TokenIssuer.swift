package import Crypto
package import Domain
package import Wire

/// The token endpoint of a route: OAuth 2.0 client credentials (RFC 6749 section 4.4), for providers that fetch a
/// bearer token before they send.
///
/// Tokens are HS256 JWTs whose key is derived from the client secret, so that there is nothing to store: they outlive
/// restarts and are good at every process with the same route file. The preset `incode` verifies them.
package struct TokenIssuer: Sendable {
    private let clientIDs: [Secret]
    private let clientSecrets: [Secret]
    private let issuer: String
    private let audience: String
    private let lifetime: TimeSpan

    /// - Parameters:
    ///   - clientSecrets: any of them authenticates, the first signs: put a new one in front, and tokens of the old ones
    ///     stay good as long as those are listed.
    ///   - audience: the route's name; a token of one route is no token of another.
    package init(
        clientIDs: [Secret], clientSecrets: [Secret], issuer: String = "headgate", audience: String, lifetime: TimeSpan
    ) {
        self.clientIDs = clientIDs
        self.clientSecrets = clientSecrets
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
    }

    package struct Answer: Sendable, Equatable {
        package let status: Int
        /// JSON.
        package let body: [UInt8]
        /// Beside Content-Type and Content-Length.
        package let fields: [Field]

        package struct Field: Sendable, Equatable {
            package let name: String
            package let value: String
        }
    }

    /// RFC 6749 section 5.2.
    private enum Problem: String, Error {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case serverError = "server_error"

        var status: Int {
            switch self {
            case .invalidRequest, .unsupportedGrantType: 400
            case .invalidClient: 401
            case .serverError: 500
            }
        }
    }

    /// The answer to a `POST` with its whole body.
    package func answer(_ request: RequestView, at now: WallTime) -> Answer {
        do throws(Problem) {
            try authenticate(request)
            try checkGrant(request)
            return answer(200, try grant(at: now))
        } catch {
            return answer(error.status, #"{"error":"\#(error.rawValue)"}"#)
        }
    }

    private func answer(_ status: Int, _ body: String) -> Answer {
        // RFC 6749 section 5.1: a token is never cached.
        var fields = [
            Answer.Field(name: "Cache-Control", value: "no-store"), Answer.Field(name: "Pragma", value: "no-cache"),
        ]
        if status == 401 { fields.append(.init(name: "WWW-Authenticate", value: #"Basic realm="token""#)) }
        return Answer(status: status, body: Array(body.utf8), fields: fields)
    }

    /// Section 2.3.1: id and secret are form-encoded inside Basic. Many clients leave that out, so the plain pair
    /// counts too. Every live pair is compared in constant time, whichever it is.
    private func authenticate(_ request: RequestView) throws(Problem) {
        switch request.field("authorization") {
        case .none: throw .invalidClient
        case .repeated: throw .invalidRequest
        case .unique(let value):
            guard value.count <= Limits.signatureFieldBytes,
                let text = Prefix(text: Array("Basic ".utf8), isOptional: false).strip(value),
                var pair = Base64.decode(String(decoding: text, as: UTF8.self), .key)
            else { throw .invalidClient }
            defer { pair.withUnsafeMutableBytes { cleanse($0) } }
            guard let colon = pair.firstIndex(of: UInt8(ascii: ":")) else { throw .invalidClient }
            let (id, secret) = (pair[..<colon], pair[(colon + 1)...])
            // All four are compared before any of them counts.
            let plain = (matches(id, clientIDs), matches(secret, clientSecrets))
            let decoded = (matches(formDecoded(id), clientIDs), matches(formDecoded(secret), clientSecrets))
            guard plain == (true, true) || decoded == (true, true) else { throw .invalidClient }
        }
    }

    private func matches(_ value: some Sequence<UInt8>, _ live: [Secret]) -> Bool {
        var bytes = Array(value)
        defer { bytes.withUnsafeMutableBytes { cleanse($0) } }
        return bytes.withUnsafeBytes { bytes in
            matchingLabel(bytes, live.filter { !$0.isEmpty }.map { LabelledSecret(label: "", secret: $0) }) != nil
        }
    }

    private func formDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        // As the only value of a form. A bare `&` cannot stand in form-encoded text.
        guard !text.contains(UInt8(ascii: "&")) else { return [] }
        let form = Array("v=".utf8) + text
        return form.withUnsafeBytes { FormField.parse($0)?.first?.value ?? [] }
    }

    private func checkGrant(_ request: RequestView) throws(Problem) {
        guard case .unique(let type) = request.field("content-type"), isForm(type),
            let form = FormField.parse(request.body)
        else { throw .invalidRequest }
        // Section 3.2: no parameter may occur twice.
        guard Set(form.map(\.name)).count == form.count else { throw .invalidRequest }
        switch form.value(of: "grant_type") {
        case .unique(Array("client_credentials".utf8)): return
        case .unique: throw .unsupportedGrantType
        case .none, .repeated: throw .invalidRequest
        }
    }

    private func isForm(_ type: UnsafeRawBufferPointer) -> Bool {
        let bare = type.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        return bare.map(lowercase).elementsEqual("application/x-www-form-urlencoded".utf8)
    }

    private func grant(at now: WallTime) throws(Problem) -> String {
        do throws(CryptoError) {
            guard let secret = clientSecrets.first(where: { !$0.isEmpty }) else {
                throw .weakKey(reason: "it is empty")
            }
            let key = Secret(try secret.withBytes { bytes throws(CryptoError) in try TokenKey.derive(from: bytes) })
            let claims =
                #"{"iss":\#(quotedJSON(issuer)),"aud":\#(quotedJSON(audience)),"iat":\#(now.seconds),"#
                + #""exp":\#((now + lifetime).seconds),"jti":"\#(Hex.encode(try randomBytes(16)))"}"#
            let token = try JWTText.signed(claims: claims, with: key)
            let seconds = lifetime.microseconds / 1_000_000
            return #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(seconds)}"#
        } catch {
            throw .serverError
        }
    }
}

extension JWTText {
    /// A compact token, HS256.
    static func signed(claims: String, with key: Secret) throws(CryptoError) -> String {
        let signed = unsigned(#"{"alg":"HS256","typ":"JWT"}"#, claims)
        var mac = try HMAC(.sha256, key: key)
        return signed + "." + Base64.encode(Array(signed.utf8).withUnsafeBytes { mac.authenticate($0) }, url: true)
    }

    static func unsigned(_ header: String, _ claims: String) -> String {
        Base64.encode(Array(header.utf8), url: true) + "." + Base64.encode(Array(claims.utf8), url: true)
    }
}

func quotedJSON(_ text: String) -> String { "\"" + String(decoding: escapedJSON(text.utf8), as: UTF8.self) + "\"" }
