internal import Crypto
internal import Domain

/// How an admin token is written: `hgt_` and 48 characters of URL-safe base64, which hold 256 random bits and their
/// CRC-32. The prefix lets scanners of leaked secrets know it; the checksum tells a token that lost a character from one
/// that is not ours, without asking the ledger.
enum TokenText {
    static let prefix = "hgt_"
    static let randomBytes = 32

    /// A new one. Its text is shown once and kept nowhere.
    static func make() throws(CryptoError) -> (text: String, hash: Digest256) {
        let random = try Crypto.randomBytes(randomBytes)
        let sum = random.withUnsafeBytes { crc32($0) }
        let bytes = random + withUnsafeBytes(of: sum.bigEndian) { Array($0) }
        let text = prefix + Base64.encode(bytes, url: true)
        return (text, try hash(of: text))
    }

    /// What the ledger knows it by; nil when it is no whole token.
    static func hash(of bearer: UnsafeRawBufferPointer) throws(CryptoError) -> Digest256? {
        guard bearer.count == prefix.utf8.count + 48, bearer.starts(with: prefix.utf8) else { return nil }
        let text = String(decoding: bearer, as: UTF8.self)
        guard let bytes = Base64.decode(text.dropFirst(prefix.count), .url), bytes.count == randomBytes + 4 else {
            return nil
        }
        let sum = bytes[..<randomBytes].withUnsafeBytes { crc32($0) }
        guard bytes[randomBytes...].elementsEqual(withUnsafeBytes(of: sum.bigEndian) { Array($0) }) else { return nil }
        return try hash(of: text)
    }

    private static func hash(of text: String) throws(CryptoError) -> Digest256 {
        var sha256 = try SHA256()
        var text = text
        return text.withUTF8 { sha256.hash(UnsafeRawBufferPointer($0)) }
    }
}
