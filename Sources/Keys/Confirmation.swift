package import Signatures

/// A URL that a provider, in a request that was verified, asks to be opened once: the end of a handshake.
package struct Confirmation: Sendable {
    let url: String
    let route: String
    let settings: KeySettings
    let done: @Sendable (Bool) -> Void

    /// - Parameters:
    ///   - url: of a host that was judged to be the provider's; https.
    ///   - done: called on the fetcher's thread, once, with whether the answer was 2xx.
    package init(url: String, route: String, settings: KeySettings, done: @escaping @Sendable (Bool) -> Void) {
        self.url = url
        self.route = route
        self.settings = settings
        self.done = done
    }
}
