internal import Domain
internal import Signatures
internal import Telemetry
internal import Wire

/// A route's handshakes by when they are answered. None of them is an event: nothing is kept or delivered.
struct HandshakeAnswers {
    /// Before verification, to anybody whose request fits.
    let open: [Handshake]
    /// To who passed verification.
    let verified: [Handshake]
    /// While the route lacks a secret, which may be what they bring.
    let setup: [Handshake]

    init(_ handshakes: [Handshake]) {
        open = handshakes.filter { !$0.needsVerification && !$0.isSetup }
        verified = handshakes.filter(\.needsVerification)
        setup = handshakes.filter(\.isSetup)
    }

    /// Of the first that the request is.
    static func find(_ request: RequestView, among handshakes: [Handshake]) -> Handshake.Answer? {
        for handshake in handshakes {
            if let answer = handshake.answer(request) { return answer }
        }
        return nil
    }
}

extension Response {
    /// It repeats what a stranger sent, so no reader may guess another type.
    init(_ answer: Handshake.Answer) {
        self.init(
            Status(answer.status) ?? .ok, contentType: answer.body.isEmpty ? nil : answer.type,
            body: .init(answer.body),
            fields: [(name: "X-Content-Type-Options", value: "nosniff")] + answer.fields)
    }
}
