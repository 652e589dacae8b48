import Wire

extension FuzzTarget {
    /// The bytes that a client sends on one connection.
    ///
    /// However they are cut, the requests and verdicts are the same; after a refusal there is no further request; there is
    /// always room for what is asked for; and a request, rewritten from what was read of it, reads as the same again.
    static let connection = FuzzTarget(name: "connection") { input throws(Violation) in
        let bytes = stretched(input)
        var whole: [Exchange.Note]?
        for pieces in cuts(of: bytes) {
            let notes = try Exchange.notes(pieces)
            if let whole {
                try hold(notes == whole, "\(whole) in one piece, \(notes) in \(pieces.count)")
            } else {
                whole = notes
            }
        }
        for case .request(let request) in whole ?? [] {
            let again = try Exchange.notes([request.rewritten[...]])
            try hold(again.first == .request(request), "\(request) rewritten is \(again)")
        }
    }
}
