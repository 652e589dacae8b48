package import Domain

/// What a verifier says of one request.
package enum Verification: Sendable, Equatable {
    case accepted(Proof)
    case refused(Refusal)
    /// This key has to be fetched first: verify the request again when it is known.
    case needs(KeyRequest)

    /// Why a request was not accepted: for the log, the metric and the quarantine, never for the sender, to whom all
    /// reasons look alike. The order tells how near a request came: of several verifiers the greatest is reported.
    package enum Refusal: String, Error, Sendable, CaseIterable, Comparable {
        case address
        case fieldMissing = "field-missing"
        case signatureMissing = "signature-missing"
        case tokenMissing = "token-missing"
        case guardFailed = "guard"
        /// Not decodable, not the length of any signature, or no token of the expected form.
        case signatureMalformed = "signature-malformed"
        case signatureTooLong = "signature-too-long"
        case tooManySignatures = "too-many-signatures"
        case bodyMalformed = "body-malformed"
        case fieldMalformed = "field-malformed"
        case repeatedField = "repeated-field"
        case duplicateKey = "duplicate-key"
        case timeMalformed = "time-malformed"
        case timeStale = "time-stale"
        case timeFuture = "time-future"
        case tokenExpired = "token-expired"
        case tokenWrong = "token-wrong"
        /// The request names a key at a place that is not its provider's.
        case keyForeign = "key-foreign"
        case keyUnknown = "key-unknown"
        case keyUntrusted = "key-untrusted"
        case signatureWrong = "signature-wrong"
        /// The key could not be fetched: our own trouble, or the provider's.
        case keyUnavailable = "key-unavailable"
        /// The route signs its URL and names no `publicUrl`: its operator's mistake, not the sender's.
        case publicURLMissing = "public-url-missing"
        /// OpenSSL failed: our own trouble, answered as such.
        case cryptography = "cryptography"

        package static func < (a: Refusal, b: Refusal) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }

        /// Whether the request may be right and this program is at fault: answer 503, not 401.
        package var isOurs: Bool {
            self == .publicURLMissing || self == .cryptography || self == .keyUnavailable
        }

        /// A word for the log and the metric's label.
        package var text: String { rawValue }

        /// A sentence for a person.
        package var explanation: String {
            switch self {
            case .address: "the source address is not on the list"
            case .fieldMissing: "a part that the signature covers is missing"
            case .signatureMissing: "there is no signature where the provider puts it"
            case .tokenMissing: "there is no token where the provider puts it"
            case .guardFailed: "a required field has another value"
            case .signatureMalformed: "the signature or token cannot be decoded"
            case .signatureTooLong: "the signature's field is too long"
            case .tooManySignatures: "there are too many signatures"
            case .bodyMalformed: "the body is no well-formed JSON"
            case .fieldMalformed: "a part that the signature covers is malformed"
            case .repeatedField: "a part that the signature covers occurs twice"
            case .duplicateKey: "the JSON names a signed member twice"
            case .timeMalformed: "the timestamp cannot be read"
            case .timeStale: "the timestamp is too old"
            case .timeFuture: "the timestamp is too far in the future"
            case .tokenExpired: "the token has expired, or is not valid yet"
            case .tokenWrong: "the token or credential is wrong"
            case .keyForeign: "the request names a key at a place that is not its provider's"
            case .keyUnknown: "the provider has no key of this name"
            case .keyUntrusted: "the certificate that the request names proves nothing"
            case .signatureWrong: "no key gives this signature"
            case .keyUnavailable: "the provider's key could not be fetched"
            case .publicURLMissing: "the provider signs the URL, and the route names no publicUrl"
            case .cryptography: "OpenSSL failed"
            }
        }
    }
}

/// How a request was proven.
package struct Proof: Sendable, Equatable {
    package let coverage: Coverage
    /// The secret's name in the route file, with its place when there are several (`SECRET[1]`), several names joined
    /// by `+`; an added one has its label behind a colon (`SECRET:partner`). And which form of the message matched when there is a choice (`PUBKEY form 2`). Empty without a secret.
    package let provenBy: String

    package init(coverage: Coverage, provenBy: String) {
        self.coverage = coverage
        self.provenBy = provenBy
    }
}
