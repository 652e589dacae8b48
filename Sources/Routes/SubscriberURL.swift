package import Domain
internal import Net

/// Where a subscriber listens: `http` or `https`, a host, a port, and nothing that another reader of URLs could
/// understand differently (user names, fragments, numeric hosts, raw spaces).
package struct SubscriberURL: Sendable, Equatable {
    package enum Host: Sendable, Equatable {
        /// ASCII; international names in their `xn--` form.
        case name(String)
        case address(IPAddress)
    }

    /// As written.
    package let text: String
    package let isSecure: Bool
    package let host: Host
    package let port: UInt16

    /// - Parameter policy: judges a literal address. A name is judged at each dial, when its address is known.
    package static func read(_ text: String, policy: AddressPolicy) -> Result<SubscriberURL, SubscriberURLProblem> {
        do {
            return .success(try SubscriberURL(text, policy: policy))
        } catch {
            return .failure(error)
        }
    }

    private init(_ text: String, policy: AddressPolicy) throws(SubscriberURLProblem) {
        guard text.utf8.count <= Limits.subscriberURLBytes else { throw .long }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            let host = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).first
            throw host?.prefix { !"/?#".contains($0) }.utf8.contains { $0 > 0x7f } == true ? .foreignHost : .character
        }
        let secure = text.lowercased().hasPrefix("https://")
        guard secure || text.lowercased().hasPrefix("http://") else { throw .scheme }
        let rest = text.dropFirst(secure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        guard !authority.contains("@") else { throw .userinfo }
        let tail = rest[authority.endIndex...]
        guard !tail.contains("#") else { throw .fragment }
        guard isWellFormed(tail: tail) else { throw .character }
        (host, port) = try Self.place(authority, secure: secure, policy: policy)
        self.text = text
        isSecure = secure
    }

    private static func place(
        _ authority: Substring, secure: Bool, policy: AddressPolicy
    ) throws(SubscriberURLProblem) -> (Host, UInt16) {
        var host = authority
        var port: UInt16 = secure ? 443 : 80
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ colon > $0 }) ?? true {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let written = UInt16(digits), written > 0
            else {
                throw .port
            }
            (host, port) = (authority[..<colon], written)
        }
        guard !host.isEmpty else { throw .host }
        return (try self.host(host, policy: policy), port)
    }

    private static func host(_ text: Substring, policy: AddressPolicy) throws(SubscriberURLProblem) -> Host {
        if text.hasPrefix("["), text.hasSuffix("]") {
            guard let address = IPAddress(text: text.dropFirst().dropLast()), text.contains(":") else { throw .host }
            return try judged(address, policy)
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if let last = labels.last, readsAsNumber(last) {
            // 2130706433, 0x7f.1 and 127.1 are addresses to some readers: only the dotted form means one to all.
            guard let address = IPAddress(text: text) else { throw .numericHost }
            return try judged(address, policy)
        }
        guard text.utf8.count <= 253, labels.allSatisfy(isLabel) else { throw .host }
        let name = text.lowercased()
        if !policy.allowsPrivate, name == "localhost" || name.hasSuffix(".localhost") { throw .address(.loopback) }
        return .name(name)
    }

    private static func judged(_ address: IPAddress, _ policy: AddressPolicy) throws(SubscriberURLProblem) -> Host {
        if let refused = policy.refusal(of: address) { throw .address(refused) }
        return .address(address)
    }
}

/// What is wrong with a URL, in words that never show it: its path may be a secret.
package enum SubscriberURLProblem: Error, Sendable, Equatable {
    case scheme, userinfo, fragment, character, host, foreignHost, numericHost, port, long
    case address(AddressClass)

    package var text: String {
        switch self {
        case .scheme: "the URL is neither http:// nor https://"
        case .userinfo: "the URL holds a user name or password"
        case .fragment: "the URL holds a fragment (#…)"
        case .character: "the URL holds a character that does not belong in one"
        case .host: "the URL's host is not a name or an address"
        case .foreignHost: "the URL's host is not in ASCII"
        case .numericHost: "the URL's host is a number that some would read as an address"
        case .port: "the URL's port is not a number from 1 to 65535"
        case .long: "the URL is longer than \(Limits.subscriberURLBytes) bytes"
        case .address(let kind): "the URL's address is \(kind.rawValue)"
        }
    }

    package var cure: String {
        switch self {
        case .scheme: "write the whole URL, such as https://billing.example.com/hooks"
        case .userinfo: "use auth: { basic: { user, password } }"
        case .fragment: "remove the #; it is never sent"
        case .character: "percent-encode it (a space is %20)"
        case .host: "write a name in ASCII (xn--… for others), an IPv4 address, or an IPv6 address in brackets"
        case .foreignHost: "write the host as xn--…"
        case .numericHost: "write the address with four decimal numbers, such as 10.0.0.7"
        case .port: "write a port such as :8443, or leave it out"
        case .long: "use a shorter one"
        case .address(.private), .address(.loopback):
            "start the gateway with --allow-private to allow private addresses"
        case .address: "no subscriber may be there; use the address of the service itself"
        }
    }
}

private func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2d || $0 == 0x5f }
        && label.first != "-" && label.last != "-"
}

/// The rule of https://url.spec.whatwg.org/#ends-in-a-number-checker.
private func readsAsNumber(_ label: Substring) -> Bool {
    if !label.isEmpty, label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
    guard label.hasPrefix("0x") || label.hasPrefix("0X") else { return false }
    return label.dropFirst(2).utf8.allSatisfy { isHexDigit($0) }
}

/// Path and query by RFC 3986 section 3.3 and 3.4.
private func isWellFormed(tail: Substring) -> Bool {
    var bytes = tail.utf8[...]
    while let byte = bytes.popFirst() {
        if byte == UInt8(ascii: "%") {
            guard let high = bytes.popFirst(), let low = bytes.popFirst(), isHexDigit(high), isHexDigit(low) else {
                return false
            }
        } else if !isLetterOrDigit(byte), !urlPunctuation.contains(byte) {
            return false
        }
    }
    return true
}

private let urlPunctuation = Set("-._~!$&'()*+,;=:@/?".utf8)

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
}
