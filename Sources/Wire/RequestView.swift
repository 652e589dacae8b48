/// One header field as ranges into the bytes of the head; nothing is copied. `value` is without surrounding white space.
package struct Field: Sendable, Equatable {
    package let name: Range<Int>
    package let value: Range<Int>
    package init(name: Range<Int>, value: Range<Int>) { (self.name, self.value) = (name, value) }
}

/// A parsed request head: ranges into the bytes it was parsed from.
package struct RequestHead: Sendable, Equatable {
    package var method: Range<Int>
    /// The target in origin form's terms: path as received (not decoded), query without `?`; an absolute-form target's
    /// authority is in `host`.
    package var path: Range<Int>
    package var query: Range<Int>?
    package var host: Range<Int>?
    /// 0 or 1: the minor version of HTTP/1.
    package var minorVersion: Int
    package var fields: [Field]
    package var framing: Framing
    package var keepAlive: Bool
    package var expectsContinue: Bool
    /// Bytes of the head with its final empty line.
    package var length: Int

    package enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    package init(
        method: Range<Int>, path: Range<Int>, query: Range<Int>?, host: Range<Int>?, minorVersion: Int,
        fields: [Field], framing: Framing, keepAlive: Bool, expectsContinue: Bool, length: Int
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.minorVersion = minorVersion
        self.fields = fields
        self.framing = framing
        self.keepAlive = keepAlive
        self.expectsContinue = expectsContinue
        self.length = length
    }
}

/// A request in place, in a connection's buffer: valid only during the call that hands it over.
package struct RequestView {
    package let head: RequestHead
    /// The bytes that the head's ranges count in.
    package let bytes: UnsafeRawBufferPointer
    /// The whole body, chunks already joined; empty while only the head is there.
    package let body: UnsafeRawBufferPointer

    package init(head: RequestHead, bytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        self.head = head
        self.bytes = bytes
        self.body = body
    }

    package subscript(range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    package var method: UnsafeRawBufferPointer { self[head.method] }
    package var path: UnsafeRawBufferPointer { self[head.path] }
    package var query: UnsafeRawBufferPointer? { head.query.map { self[$0] } }
}
