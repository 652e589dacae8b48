import Glibc
import Net
import Testing

@testable import headgate

@Suite("A listener that cannot be opened") struct StartFailureTests {
    @Test(arguments: [
        (EACCES, "127.0.0.1:80", "ports below 1024 need CAP_NET_BIND_SERVICE; or name a higher port"),
        (EADDRNOTAVAIL, "8.8.8.8:8081", "no interface of this machine has it; name one of this machine's, or 0.0.0.0"),
        (EADDRINUSE, "127.0.0.1:8080", "stop what uses it, or name another address"),
    ])
    func `is told with the cure`(_ code: Int32, _ address: String, _ cure: String) throws {
        let failure = StartFailure.listen(
            try #require(SocketAddress(text: address)), SystemError(call: "bind", code: code))
        #expect(failure.description == "cannot listen on \(address): bind: \(String(cString: strerror(code))); \(cure)")
    }
}
