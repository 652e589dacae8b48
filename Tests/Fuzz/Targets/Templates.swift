import Domain

@testable import Signatures

extension FuzzTarget {
    /// A template, as it stands in a route file.
    ///
    /// Any text with its braces doubled is that text; what a template is taken apart to is what was written; and whatever an
    /// extractor of it finds in a request is a name: not empty, not long, without control characters. Percent-escapes are
    /// resolved as a plain model resolves them.
    static let templates = FuzzTarget(name: "templates") { input throws(Violation) in
        guard let template = String(validating: input, as: UTF8.self) else { return }
        let doubled = template.replacing("{", with: "{{").replacing("}", with: "}}")
        let literal = try made("a literal") { try TemplateText(doubled).parts }
        try hold(literal == (template.isEmpty ? [] : [.literal(template)]), "\(doubled) is \(literal)")
        if let parts = try? TemplateText(template).parts {
            let written = parts.map(written).joined()
            let again = try made("a template that was written out") { try TemplateText(written).parts }
            try hold(again == parts, "\(template) is \(parts), written \(written) it is \(again)")
        }
        for source in [template, "json:id|\(template)"] {
            guard let extractor = Extractor(source) else { continue }
            let names = request.withView { view in
                extractor.all(in: view) + [extractor.bytes(in: view)].compactMap { $0 }
            }
            for name in names {
                let isName =
                    (1...Limits.eventNameBytes).contains(name.count)
                    && name.buffer.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
                try hold(isName, "\(source) finds \(Array(name.buffer))")
            }
        }
        let characters = Array(":/?@!$'()*,;\u{1}\u{f}".utf8)
        let decoded = decodingPercents(input, of: characters)
        try hold(decoded == model(input, characters), "\(template) is decoded to \(text(decoded))")
    }

    private static let request = ProviderRequest(
        url: "/in?id=q%201&n=%2B", fields: [.init("X-Id", "h-1"), .init("X-Sig", "t=1,v1=ab,v1=cd")],
        body: Array(
            #"{"id":"aGk=","hex":"6a6B","n":1.50,"list":[{"id":"a\u00e4"},{"id":null},{"id":""}],"t":"  \n"}"#.utf8))

    private static func written(_ part: TemplateText.Part) -> String {
        switch part {
        case .literal(let text): text.replacing("{", with: "{{").replacing("}", with: "}}")
        case .reference(let name, let argument, let isOptional, let filters):
            "{" + name + (argument.map { ":" + $0 } ?? "") + (isOptional ? "?" : "")
                + filters.map { "|" + $0 }.joined() + "}"
        }
    }

    private static func model(_ input: [UInt8], _ characters: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        var rest = input[...]
        while let byte = rest.popFirst() {
            let nibbles = rest.prefix(2).compactMap { digits.firstIndex(of: lowercase($0)) }
            if byte == UInt8(ascii: "%"), nibbles.count == 2,
                characters.contains(UInt8(nibbles[0] << 4 | nibbles[1]))
            {
                result.append(UInt8(nibbles[0] << 4 | nibbles[1]))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
