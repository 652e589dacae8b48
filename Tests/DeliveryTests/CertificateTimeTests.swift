import Domain
import Testing

@testable import Delivery

@Suite("The end of a certificate")
struct CertificateTimeTests {
    @Test(arguments: [
        ("Nov 21 13:00:00 2027 GMT", 1_826_802_000), ("Jan  1 00:00:00 2030 GMT", 1_893_456_000),
        ("Feb  9 23:59:59 2049 GMT", 2_496_527_999),
    ])
    func `is read as OpenSSL prints it`(_ text: String, _ seconds: Int64) {
        #expect(CertificateProbe.time(text) == WallTime(seconds: seconds))
    }

    @Test func `that cannot be read is none`() { #expect(CertificateProbe.time("Bad time value") == nil) }
}
