/// What a provider does beside signing: short texts for people, and what a route is compared with.
package struct Manners: Sendable {
    /// Where the secret is found or set.
    package let secret: String?
    /// How long it waits for an answer.
    package let waits: String?
    /// What it does without one.
    package let retries: String?
    /// Statuses that it takes for an answer; empty: any 2xx.
    package let takes: [Int]
    package let body: AnswerBody
    /// Bytes of the longest body that it sends, where that is documented.
    package let bodyMost: Int?
    /// What the preset rests on that the provider does not say.
    package let assumes: String?

    /// What the body of an answer has to be.
    package enum AnswerBody: Sendable {
        case any
        case empty
        /// JSON; an answer 204 will do where the provider takes it.
        case json
        /// That of the preset.
        case exact
    }

    init(
        secret: String? = nil, waits: String? = nil, retries: String? = nil, takes: [Int] = [], body: AnswerBody = .any,
        bodyMost: Int? = nil, assumes: String? = nil
    ) {
        self.secret = secret
        self.waits = waits
        self.retries = retries
        self.takes = takes
        self.body = body
        self.bodyMost = bodyMost
        self.assumes = assumes
    }
}
