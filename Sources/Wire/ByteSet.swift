/// A set of ASCII bytes as two words; bytes above 127 are members or not as a whole (`obs-text`).
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private let takesHighBytes: Bool

    init(_ members: String, alphanumerics: Bool = false, obsText: Bool = false) {
        takesHighBytes = obsText
        for byte in members.utf8 { insert(byte) }
        guard alphanumerics else { return }
        for range in [UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z")] {
            for byte in range { insert(byte) }
        }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte >= 128 { return takesHighBytes }
        return (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 != 0
    }

    func containsAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes where !contains(byte) { return false }
        return true
    }

    /// `tchar`, RFC 9110 section 5.6.2.
    static let token = ByteSet("!#$%&'*+-.^_`|~", alphanumerics: true)
    /// `unreserved / sub-delims`, RFC 3986 section 3.2.2: a registered name without its percent-encoded bytes.
    static let registeredName = ByteSet("-._~!$&'()*+,;=", alphanumerics: true)
    /// Inside the brackets of an IP literal, RFC 3986 section 3.2.2; whether it is an address is not judged here.
    static let ipLiteral = ByteSet("-._~!$&'()*+,;=:", alphanumerics: true)
    /// What a URL serialiser may leave in a path: RFC 3986 and, because it is sent in practice, `|`, `[` and `]`.
    static let path = ByteSet("-._~!$&'()*+,;=:@/%|[]", alphanumerics: true)
    /// A query as browsers serialise it (https://url.spec.whatwg.org/#query-percent-encode-set): no `"`, `<`, `>`, `#`.
    static let query = ByteSet("-._~!$&'()*+,;=:@/?%|[]{}^`\\", alphanumerics: true)
}

extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let slash = UInt8(ascii: "/")

    var isDecimalDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var asciiLowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }

    var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `field-vchar / SP / HTAB`, RFC 9110 section 5.5; `obs-text` is taken, NUL, DEL and other controls are not.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7f || self == .tab }
}
