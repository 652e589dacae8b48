import Crypto

extension FuzzTarget {
    /// Bytes, which are also taken for a text in base64 and in hexadecimal.
    ///
    /// Bytes come back from every encoding; a text that the strict readings accept is the one text of its bytes; the loose
    /// readings agree with the strict ones; and nothing is written beyond a target, however short it is.
    static let encodings = FuzzTarget(name: "encodings") { input throws(Violation) in
        let standard = Base64.encode(input), forURLs = Base64.encode(input, url: true), hex = Hex.encode(input)
        try hold(Base64.decode(standard, .canonical) == input, "\(standard) is not read back")
        try hold(Base64.decode(forURLs, .url) == input, "\(forURLs) is not read back")
        try hold(Hex.decode(hex) == input && Hex.decode(hex.uppercased()) == input, "\(hex) is not read back")
        for text in [standard, forURLs] {
            try hold(Base64.decode(text, .key) == input, "\(text) is not read back as a key")
            try hold(Base64.decode(text, .lenient) == input, "\(text) is not read back leniently")
        }

        if let bytes = try decode(input, .canonical) {
            try hold(Array(Base64.encode(bytes).utf8) == input, "\(text(input)) is another spelling of \(bytes)")
            for reading in [Base64.Reading.key, .lenient] {
                try hold(try decode(input, reading) == bytes, "\(text(input)) differs as \(reading)")
            }
        }
        if let bytes = try decode(input, .url) {
            let padding = input.suffix(from: (input.lastIndex { $0 != UInt8(ascii: "=") } ?? -1) + 1)
            let bare = Array(input.dropLast(padding.count))
            try hold(
                Array(Base64.encode(bytes, url: true).utf8) == bare, "\(text(input)) is another spelling of \(bytes)")
            try hold(padding.isEmpty || input.count % 4 == 0, "\(text(input)) is padded in part")
        }
        if let bytes = try decode(input, .key) {
            try hold(try decode(input, .lenient) == bytes, "the loose readings differ")
        }
        if let bytes = Hex.decode(text(input)) {
            try hold(Hex.encode(bytes) == text(input).lowercased(), "\(text(input)) is another spelling of \(bytes)")
        }
    }

    /// Into memory of exactly the size that is needed, and, which must fail, into one byte less: AddressSanitizer watches.
    private static func decode(_ input: [UInt8], _ reading: Base64.Reading) throws(Violation) -> [UInt8]? {
        guard let bytes = Base64.decode(text(input), reading) else { return nil }
        let exact = into(bytes.count, input, reading)
        try hold(exact == bytes, "\(bytes), and into so much memory \(exact ?? [])")
        if !bytes.isEmpty { try hold(into(bytes.count - 1, input, reading) == nil, "\(bytes) into one byte less") }
        return bytes
    }

    private static func into(_ size: Int, _ input: [UInt8], _ reading: Base64.Reading) -> [UInt8]? {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { memory.deallocate() }
        return input.withUnsafeBytes { Base64.decode($0, reading, into: memory) }.map { Array(memory[..<$0]) }
    }
}
