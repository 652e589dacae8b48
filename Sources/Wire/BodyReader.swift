/// Reads the body behind a head, in the queue that holds both. A chunked body is joined where it lies: when it is whole it
/// is one stretch right behind its head, as if it had come with a Content-Length.
package struct BodyReader: Sendable {
    /// Where the body starts: the length of its head.
    private let start: Int
    private let limit: Int
    private var framing: Framing
    /// Bytes of body that are there, joined.
    package private(set) var received = 0
    /// Bytes of the whole request as it came, framing included; meaningful once `advance` said true.
    package private(set) var end: Int

    private enum Framing {
        case length(Int)
        case chunked(ChunkDecoder)
    }

    /// - Parameter limit: bytes of body, without framing.
    package init(after head: RequestHead, limit: Int) throws(Refusal) {
        start = head.length
        end = head.length
        self.limit = limit
        switch head.framing {
        case .none:
            framing = .length(0)
        case .length(let length):
            guard length <= limit else { throw .bodyTooLarge }
            framing = .length(length)
        case .chunked:
            framing = .chunked(ChunkDecoder(limit: limit))
        }
    }

    /// What the queue must be able to hold for the body to become whole.
    package var room: Int {
        switch framing {
        case .length(let length): start + length
        case .chunked: start + limit + Self.framingRoom
        }
    }

    /// Framing never outlasts a call to `advance`, so a read needs only some room for it beyond the body.
    private static let framingRoom = 4 << 10

    package var range: Range<Int> { start..<start + received }

    /// - Parameter queue: begins with the head.
    /// - Returns: whether the body is whole.
    package mutating func advance(in queue: ByteQueue) throws(Refusal) -> Bool {
        switch framing {
        case .length(let length):
            received = min(queue.count - start, length)
            end = start + received
            return received == length
        case .chunked(var decoder):
            let ended = try decoder.join(in: queue, joined: start + received)
            framing = .chunked(decoder)
            received = decoder.total
            guard let ended else { return false }
            end = ended
            return true
        }
    }
}
