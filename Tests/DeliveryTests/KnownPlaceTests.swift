import Routes
import Testing

@testable import Delivery

@Suite("A place that may see a subscriber's credentials")
struct KnownPlaceTests {
    /// The subscriber is at http://a.example/.
    @Test(
        "is of the origin of its URL",
        arguments: [
            ("http://a.example/", true), ("http://a.example/hooks?x=1", true), ("http://a.example:80/", true),
            ("HTTP://A.EXAMPLE/", true), ("https://a.example/", false), ("http://a.example:8080/", false),
            ("http://b.example/", false), ("http://a.example.b.example/", false),
            ("http://a.example@b.example/", false),
            ("http://a.example\\@b.example/", false), ("", false),
        ])
    func origins(_ url: String, _ expected: Bool) throws { #expect(try loadedSubscriber().knows(url) == expected) }
}
