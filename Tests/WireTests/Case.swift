import Testing

/// What comes in on one connection, and what an observer must have written down afterwards (see `Conversation`).
struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let input: [UInt8]
    let thenEnd: Bool
    let verdict: String

    init(_ name: String, _ input: String, thenEnd: Bool = false, _ verdict: String) {
        (self.name, self.input, self.thenEnd, self.verdict) = (name, latin1(input), thenEnd, verdict)
    }

    var testDescription: String { name }

    static let all =
        requestLines + targets + hosts + fieldSyntax + lengths + transferCodings + chunks + trailers + persistence
        + pipelining + expectations + interruptions + bounds
}

/// A request with this line, a Host, these further field lines (each with its CRLF) and whatever follows the head.
func request(
    _ line: String = "POST /h HTTP/1.1", host: String = "Host: a\r\n", _ fields: String = "", then rest: String = ""
)
    -> String
{
    "\(line)\r\n\(host)\(fields)\r\n\(rest)"
}

func chunked(_ body: String) -> String { request("POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\n", then: body) }

let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
