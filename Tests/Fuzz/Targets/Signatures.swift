import Domain
import Wire

@testable import Signatures

extension FuzzTarget {
    /// A preset's name in the first line, behind it what is done to a request that is signed for it, a line each: `Name: value`
    /// adds a field, `=Name: value` puts it in place of the last, `-Name` takes one away, `@7 text` writes over the body from
    /// that byte on, `<12` cuts the body, `?query` and `!body` replace; anything else goes to the end of the body.
    ///
    /// No request is accepted with a stranger's secrets; a request is accepted unchanged; and with a body that its signature
    /// covers as a whole it is accepted with that body and no other.
    static let signatures = FuzzTarget(name: "signatures") { input throws(Violation) in
        var lines = InputLines(input)
        let name = lines.next().map { text($0) } ?? ""
        var dice = Dice(seededBy: Array(name.utf8))
        guard let provider = Provider.all.first(where: { $0.name == name }) ?? Provider.all.randomElement(using: &dice)
        else { throw Violation(description: "no presets") }
        var request = provider.genuine
        while let line = lines.next() { edit(&request, line) }

        let strange = try Provider.verify(request, provider.stranger)
        try hold(!strange.isAccepted, "\(provider.name) accepts a stranger's request: \(request)")
        let verdict = try Provider.verify(request, provider.own)
        if request == provider.genuine {
            try hold(verdict.isAccepted, "\(provider.name) refuses its own request: \(verdict)")
        }
        // Twilio joins names and values without separators, and Box signs what its escapes leave of a text.
        let isLoose = ["twilio", "twilio-shared-key", "box"].contains(provider.name)
        if case .accepted(let proof) = verdict, proof.coverage == .full, !isLoose {
            try hold(
                request.body == provider.genuine.body, "\(provider.name) accepts another body: \(text(request.body))")
        }
    }

    private static func edit(_ request: inout ProviderRequest, _ line: [UInt8]) {
        let rest = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "="):
            guard let field = field(rest) else { return }
            request.fields.removeAll { $0.name.lowercased() == field.name.lowercased() }
            request.fields.append(field)
        case UInt8(ascii: "-"):
            let name = text(rest).lowercased()
            request.fields.removeAll { $0.name.lowercased() == name }
        case UInt8(ascii: "@"):
            let parts = rest.split(separator: 0x20, maxSplits: 1)
            guard let place = parts.first.flatMap({ Int(text($0)) }), request.body.indices.contains(place) else {
                return
            }
            let patch = parts.count > 1 ? Array(parts[1]) : []
            request.body.replaceSubrange(place..<min(place + patch.count, request.body.count), with: patch)
        case UInt8(ascii: "<"): request.body.removeLast(min(Int(text(rest)).map { abs($0) } ?? 1, request.body.count))
        case UInt8(ascii: "?"): request.url = Provider.url + text(line)
        case UInt8(ascii: "!"): request.body = Array(rest)
        default:
            if let field = field(line[...]) { request.fields.append(field) } else { request.body += line }
        }
    }

    /// As the parser lets fields pass: a token, and no control characters.
    private static func field(_ line: ArraySlice<UInt8>) -> ProviderRequest.Line? {
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, FieldName(text(parts[0])) != nil, parts[1].allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        return ProviderRequest.Line(text(parts[0]), text(parts[1].drop { $0 == 0x20 }))
    }
}
