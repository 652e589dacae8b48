internal import Crypto

/// A text and who signed it, as C2SP has it (https://c2sp.org/signed-note): the text, an empty line, and a line
/// `— NAME BASE64` for each signature.
package struct SignedNote: Sendable, Equatable {
    package struct Signature: Sendable, Equatable {
        package let name: String
        /// The first four bytes of a hash of name and key: which key, not whether it is right.
        package let keyID: [UInt8]
        package let bytes: [UInt8]
    }

    /// Ends with a line break; signed as it stands.
    package let text: String
    package let signatures: [Signature]

    /// What is printed, sent and kept.
    package var written: String {
        text + "\n"
            + signatures.map { "\(Self.dash)\($0.name) \(Base64.encode($0.keyID + $0.bytes))\n" }.joined()
    }

    private static let dash = "— "

    /// What stands before a note in one line of a log.
    package static let inline = "headgate-checkpoint:"

    /// The note in one line, for logs that know no other text.
    package var oneLine: String { Self.inline + Base64.encode(Array(written.utf8)) }

    /// All notes of a file, in their order; other text between them is passed over.
    package static func all(in text: String) -> [SignedNote] {
        var notes: [SignedNote] = []
        var paragraph: [Substring] = []
        var before: [Substring] = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines.append("")
        for line in lines {
            if let place = line.firstRange(of: inline) {
                let rest = line[place.upperBound...].prefix { $0.isASCII && !$0.isWhitespace && $0 != "\"" }
                if let bytes = Base64.decode(rest, .canonical) {
                    notes += all(in: String(decoding: bytes, as: UTF8.self))
                }
                continue
            }
            if !line.isEmpty {
                paragraph.append(line)
                continue
            }
            if let note = SignedNote(before, signatures: paragraph) { notes.append(note) }
            before = paragraph
            paragraph = []
        }
        return notes
    }

    private init?(_ lines: [Substring], signatures: [Substring]) {
        guard !lines.isEmpty, !signatures.isEmpty else { return nil }
        var found: [Signature] = []
        for line in signatures {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard line.hasPrefix(Self.dash), parts.count == 3, let bytes = Base64.decode(parts[2], .canonical),
                bytes.count > 4
            else { return nil }
            found.append(Signature(name: String(parts[1]), keyID: Array(bytes[..<4]), bytes: Array(bytes[4...])))
        }
        self.init(text: lines.map { $0 + "\n" }.joined(), signatures: found)
    }

    package init(text: String, signatures: [Signature]) { (self.text, self.signatures) = (text, signatures) }

    /// Whether one of its signatures is `name`'s with this key.
    package func isSigned(by name: String, _ key: CheckpointPublicKey) -> Bool {
        let id = key.id(as: name)
        return signatures.contains { $0.name == name && $0.keyID == id && key.verifies($0.bytes, of: text) }
    }
}
