package import Crypto
package import Domain
package import Signatures

/// One subscriber of one route, with everything a send needs but the event.
package final class SubscriberConfig: Sendable {
    package enum Credentials: Sendable {
        case none
        /// RFC 7617; the user name holds no colon.
        case basic(user: String, password: Secret)
        /// RFC 6750.
        case bearer(Secret)
    }

    /// Files as libcurl takes them, absolute or relative to the working directory; checked to be readable at load.
    package struct TLS: Sendable, Equatable {
        /// Authorities to trust instead of the system's.
        package let authorities: String?
        package let certificate: String?
        package let key: String?

        package static let standard = TLS(authorities: nil, certificate: nil, key: nil)

        package init(authorities: String?, certificate: String?, key: String?) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
        }
    }

    /// A field of every request to this subscriber; its value may be a secret.
    package struct Header: Sendable {
        package let name: String
        package let value: Secret

        package init(name: String, value: Secret) { (self.name, self.value) = (name, value) }
    }

    package let name: String
    package let url: SubscriberURL
    /// Why it gets nothing for now, its deliveries waiting in the ledger: paused in the file, or a secret that cannot be
    /// used. Nil when it is active.
    package let held: String?
    package let filter: EventFilter
    package let signing: SigningKeys
    /// A provider's form in which its deliveries are signed as well.
    package let form: OutwardForm?
    package let retry: RetryPolicy
    /// Sends at one time.
    package let concurrency: Int
    package let rate: Rate?
    package let headers: [Header]
    package let forward: HeaderFilter
    package let tls: TLS
    package let credentials: Credentials

    package init(
        name: String, url: SubscriberURL, held: String?, filter: EventFilter, signing: SigningKeys,
        form: OutwardForm? = nil, retry: RetryPolicy, concurrency: Int, rate: Rate?, headers: [Header],
        forward: HeaderFilter, tls: TLS,
        credentials: Credentials
    ) {
        self.name = name
        self.url = url
        self.held = held
        self.filter = filter
        self.signing = signing
        self.form = form
        self.retry = retry
        self.concurrency = concurrency
        self.rate = rate
        self.headers = headers
        self.forward = forward
        self.tls = tls
        self.credentials = credentials
    }
}

/// Which of the provider's fields go on to a subscriber: all of them, or those whose names match a glob, in any case.
package struct HeaderFilter: Sendable, Equatable {
    private let patterns: [[UInt8]]?

    /// - Parameter globs: in lower case; nil forwards everything.
    init(_ globs: [String]?) { patterns = globs?.map { Array($0.utf8) } }

    package static let everything = HeaderFilter(nil)

    package var forwardsEverything: Bool { patterns == nil }

    package func forwards(name: UnsafeRawBufferPointer) -> Bool {
        patterns?.contains { Glob.matches($0, name, foldingCase: true) } ?? true
    }
}
