import Domain

@testable import Wire

extension FuzzTarget {
    /// What follows the head of a chunked request.
    ///
    /// The decoder agrees with a plain model of RFC 9112 section 7.1 about what is a body, and which; however the bytes are
    /// cut; and any body, chunked at random, is decoded to itself.
    static let chunks = FuzzTarget(name: "chunks") { input throws(Violation) in
        let limit = 2048
        let bytes = stretched(input)
        let model = ChunkModel.body(of: bytes, limit: limit)
        // The model drops extensions and trailers of any length.
        let isBounded = bytes.count <= min(Limits.chunkExtensionBytes, Limits.trailerBytes)
        for pieces in cuts(of: bytes) {
            let decoded = decode(pieces, limit: limit)
            if let model {
                if !isBounded, case .refused = decoded { continue }
                try hold(decoded == .whole(model.body, rest: model.rest), "\(decoded), the model says \(model)")
            } else if case .whole = decoded {
                throw Violation(description: "\(decoded), the model says that it is no body")
            }
        }
        let chunked = chunked(input)
        for pieces in cuts(of: chunked) {
            let decoded = decode(pieces, limit: input.count)
            try hold(decoded == .whole(input, rest: 0), "\(text(chunked)) is decoded to \(decoded)")
        }
    }

    private enum Decoded: Equatable {
        case whole([UInt8], rest: Int)
        case unfinished
        case refused(UInt16)
    }

    private static func decode(_ pieces: [ArraySlice<UInt8>], limit: Int) -> Decoded {
        let queue = ByteQueue(capacity: 16)
        var decoder = ChunkDecoder(limit: limit)
        var end: Int?
        do {
            for piece in pieces {
                piece.withUnsafeBytes { queue.append($0) }
                if end == nil { end = try decoder.join(in: queue, joined: decoder.total) }
            }
        } catch {
            return .refused(UInt16(error.status.code))
        }
        return end.map { .whole(Array(queue.bytes[..<decoder.total]), rest: queue.count - $0) } ?? .unfinished
    }

    private static func chunked(_ body: [UInt8]) -> [UInt8] {
        var dice = Dice(seededBy: body)
        var result: [UInt8] = []
        for piece in pieces(of: body, { Int.random(in: 1...300, using: &dice) }) {
            let size = String(piece.count, radix: 16, uppercase: Bool.random(using: &dice))
            let zeros = String(repeating: "0", count: Int.random(in: 0...3, using: &dice))
            let extras = ["", ";a", " ; a = b", ";q=\"x\\\"y;\""].randomElement(using: &dice) ?? ""
            result += Array("\(zeros)\(size)\(extras)\r\n".utf8) + piece + Array("\r\n".utf8)
        }
        let trailers = ["", "A: b\r\n", "x:\r\ny: \t z\r\n"].randomElement(using: &dice) ?? ""
        return result + Array("0\r\n\(trailers)\r\n".utf8)
    }
}
