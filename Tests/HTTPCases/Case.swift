/// What comes in on one connection, and what an observer must have written down afterwards (see `Conversation`).
package struct Case: Sendable, CustomStringConvertible {
    package let name: String
    package let input: [UInt8]
    package let thenEnd: Bool
    package let verdict: String

    init(_ name: String, _ input: String, thenEnd: Bool = false, _ verdict: String) {
        (self.name, self.input, self.thenEnd, self.verdict) = (name, latin1(input), thenEnd, verdict)
    }

    package var description: String { name }

    package static let all =
        requestLines + targets + hosts + fieldSyntax + lengths + transferCodings + chunks + trailers + persistence
        + pipelining + expectations + interruptions + bounds
}

/// A request with this line, a Host, these further field lines (each with its CRLF) and whatever follows the head.
package func request(
    _ line: String = "POST /h HTTP/1.1", host: String = "Host: a\r\n", _ fields: String = "", then rest: String = ""
)
    -> String
{
    "\(line)\r\n\(host)\(fields)\r\n\(rest)"
}

package func chunked(_ body: String) -> String {
    request("POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\n", then: body)
}

package let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
