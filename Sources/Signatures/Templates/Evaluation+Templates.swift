internal import Crypto

/// The key that the filter `hmac` uses: answers to handshakes only.
struct FilterKey: Sendable {
    let secret: Secret
}

extension Evaluation {
    /// Writes the text that a template stands for; refuses when a part that is not optional is absent.
    mutating func write<Sink: ByteSink & ~Copyable>(
        _ template: Template, to sink: inout Sink
    ) throws(Verification.Refusal) {
        for part in template.parts {
            switch part {
            case .literal(let bytes): bytes.withUnsafeBytes { sink.write($0) }
            case .secret(let secret): secret.withBytes { sink.write($0) }
            case .reference(let reference):
                let value = try filtered(reference)
                if value.isAbsent {
                    guard reference.isOptional else { throw .fieldMissing }
                    continue
                }
                let isShort = value.withBytes { bytes in
                    guard let bytes, bytes.count <= valueLengthMost else { return false }
                    if escapesJSON {
                        escapedJSON(bytes).withUnsafeBytes { sink.write($0) }
                    } else {
                        sink.write(bytes)
                    }
                    return true
                }
                guard isShort else { throw .fieldMalformed }
            }
        }
    }

    /// Nil when a part that is not optional is absent.
    mutating func text(of template: Template) throws(Verification.Refusal) -> [UInt8]? {
        var collected = CollectedBytes()
        do throws(Verification.Refusal) {
            try write(template, to: &collected)
        } catch .fieldMissing {
            return nil
        }
        return collected.bytes
    }

    mutating func hasAllParts(of template: Template) throws(Verification.Refusal) -> Bool {
        for reference in template.references where !reference.isOptional {
            if try value(of: reference.source).isAbsent { return false }
        }
        return true
    }

    private mutating func filtered(_ reference: Reference) throws(Verification.Refusal) -> Value {
        let value = try value(of: reference.source)
        guard !reference.filters.isEmpty, !value.isAbsent else { return value }
        var filters = reference.filters[...]
        // A hash of the body is the common case: taken in place.
        var made: [UInt8]
        switch filters.first {
        case .digest(let hash):
            made = try digest(hash, of: value)
            filters = filters.dropFirst()
        case .without(let characters):
            let clean = value.withBytes { $0?.allSatisfy { !characters.contains($0) } ?? true }
            guard clean else { throw .fieldMalformed }
            filters = filters.dropFirst()
            if filters.isEmpty { return value }
            made = value.array ?? []
        default: made = value.array ?? []
        }
        for filter in filters { made = try apply(filter, to: made) }
        return .made(made)
    }

    private func digest(_ hash: HashAlgorithm, of value: Value) throws(Verification.Refusal) -> [UInt8] {
        let digest = value.withBytes { bytes in try? hash.digest(bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
        }
        guard let digest else { throw .cryptography }
        return digest
    }

    private func apply(_ filter: Filter, to value: [UInt8]) throws(Verification.Refusal) -> [UInt8] {
        switch filter {
        case .lower: return value.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        case .upper: return value.map { (0x61...0x7a).contains($0) ? $0 & ~0x20 : $0 }
        case .trim: return trimmed(value)
        case .hex: return Array(Hex.encode(value).utf8)
        case .base64: return Array(Base64.encode(value).utf8)
        case .unhex:
            guard let bytes = Hex.decode(String(decoding: value, as: UTF8.self)) else { throw .fieldMalformed }
            return bytes
        case .unbase64:
            guard let bytes = Base64.decode(String(decoding: value, as: UTF8.self), .key) else { throw .fieldMalformed }
            return bytes
        case .digest(let hash):
            return try digest(hash, of: .made(value))
        case .hmac(let hash):
            guard let filterKey else { throw .cryptography }
            do throws(CryptoError) {
                var mac = try HMAC(hash, key: filterKey.secret)
                return value.withUnsafeBytes { mac.authenticate($0) }
            } catch { throw .cryptography }
        case .crc32: return value.withUnsafeBytes { Array(String(Crypto.crc32($0)).utf8) }
        case .map(let pairs): return pairs.first { $0.from == value }?.to ?? value
        case .append(let suffix): return value + suffix
        case .sorted: return value  // the form is sorted where it is read
        case .escape: return boxEscaped(value)
        case .withPort: return urlWithPort(value)
        case .noPort: return urlWithoutPort(value)
        case .decode(let characters): return decodingPercents(value, of: characters)
        case .only(let characters):
            guard value.allSatisfy({ characters.contains($0) }) else { throw .fieldMalformed }
            return value
        case .without(let characters):
            guard value.allSatisfy({ !characters.contains($0) }) else { throw .fieldMalformed }
            return value
        case .date:
            guard isDate(value) else { throw .fieldMalformed }
            return value
        case .length(let length):
            guard value.count == length else { throw .fieldMalformed }
            return value
        }
    }
}
