internal import Crypto
internal import Domain

/// Which fields an operator may add to a request. libcurl sends what it is given as it is, so a line end in a value
/// would be a second field, and a second length a second request.
enum HeaderRules {
    struct Problem: Equatable {
        let text: String
        let cure: String
    }

    static func problem(ofName name: String, hasCredentials: Bool) -> Problem? {
        guard !name.isEmpty, name.utf8.count <= 256, name.utf8.allSatisfy(isNameByte) else {
            return Problem(text: "this is no name of a header", cure: "use letters, digits and \"-\"")
        }
        let folded = name.lowercased()
        if ours.contains(where: folded.hasPrefix) {
            return Problem(
                text: "headers of this name are the gateway's own", cure: "use another name, such as \"x-…\"")
        }
        if framing.contains(folded) || folded.hasPrefix("proxy-") {
            return Problem(text: "this header belongs to the connection or the body", cure: "remove it")
        }
        if folded == "authorization", hasCredentials {
            return Problem(text: "auth already makes this header", cure: "keep one of them")
        }
        return nil
    }

    /// RFC 9110 section 5.5 without obs-text: printable ASCII, spaces and tabs inside.
    static func isValue(_ value: Secret) -> Bool {
        value.withBytes { bytes in
            let edges = [bytes.first, bytes.last].compactMap { $0 }
            return bytes.count <= Limits.customHeaderBytes && !edges.contains(0x20) && !edges.contains(0x09)
                && bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
        }
    }

    /// `tchar` of RFC 9110 section 5.6.2, which the star of a glob is one of.
    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static let ours = ["webhook-", "headgate-"]

    /// RFC 9110 section 7.6.1, RFC 9112 section 6, and what describes the body, which goes on as it came.
    private static let framing: Set<String> = [
        "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive",
        "te", "trailer", "upgrade", "expect", "accept-encoding",
    ]
}
