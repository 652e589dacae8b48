import Config
import Domain
import Foundation
import Testing

@testable import Signatures

/// Sources/Signatures/PROVIDERS.md, of which all but the prose is made of the presets.
struct ProvidersPage {
    static let path = "Sources/Signatures/PROVIDERS.md"
    static let start = "<!-- made of the presets: HEADGATE_WRITE_PAGE=1 swift test --filter ProvidersPageTests -->\n"

    static func vectors(of preset: Preset) -> Int {
        VectorFile.shared.vectors.count { $0.presetName == preset.name }
    }

    /// What stands between the marks.
    static var table: String {
        var lines = [
            "| `verify` | scheme | signature in | secrets | window | event id | proves | answer | waits | retries | vectors |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
        ]
        for preset in Preset.all.sorted(by: { $0.name < $1.name }) {
            let outline = VerifierOutline(preset.node)
            let places = outline.places.map { $0.hasPrefix("header:") ? String($0.dropFirst(7)) : $0 }
            let takes = preset.manners.takes.map(String.init).joined(separator: ", ")
            let docs = preset.docs.map { "[\(preset.name)](\($0))" } ?? preset.name
            let cells = [
                docs + (preset.manners.assumes == nil ? "" : " ¹") + (preset.handshake == nil ? "" : " ²")
                    + (outline.issuers.isEmpty && !outline.needsKeyURL ? "" : " ³")
                    + (preset.repeatsBodies ? " ⁴" : ""),
                outline.schemes.joined(separator: ", "), code(places), code(outline.secrets.keys.sorted()),
                outline.window.map { Quantity.text($0) } ?? "",
                code([preset.id].compactMap { $0 }) + (isUnsigned(preset, outline) ? " (not signed)" : ""),
                outline.coverage.text,
                takes.isEmpty ? "2xx" : takes, preset.manners.waits ?? "", preset.manners.retries ?? "",
                String(vectors(of: preset)),
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Where nothing else tells an old request: its id stands in a field that no signature covers.
    private static func isUnsigned(_ preset: Preset, _ outline: VerifierOutline) -> Bool {
        guard outline.window == nil, let id = preset.id?.lowercased() else { return false }
        return id.contains("header:") && !preset.verify.lowercased().contains("{\(id)")
    }

    private static func code(_ texts: [String]) -> String {
        texts.map { "`\($0.replacing("|", with: "\\|"))`" }.joined(separator: " ")
    }

    /// The page with its table made anew.
    static func renewed(_ page: String) throws -> String {
        let opening = try #require(page.firstRange(of: start))
        let rest = page[opening.upperBound...]
        let end = try #require(rest.firstRange(of: "\n<!-- end -->"))
        return page[..<opening.upperBound] + table + rest[end.lowerBound...]
    }
}

@Suite("The page of providers") struct ProvidersPageTests {
    @Test("says what the presets say")
    func table() throws {
        let page = try String(contentsOfFile: ProvidersPage.path, encoding: .utf8)
        let renewed = try ProvidersPage.renewed(page)
        if ProcessInfo.processInfo.environment["HEADGATE_WRITE_PAGE"] != nil {
            try renewed.write(toFile: ProvidersPage.path, atomically: true, encoding: .utf8)
        } else {
            #expect(page == renewed, "make it anew: HEADGATE_WRITE_PAGE=1 swift test --filter ProvidersPageTests")
        }
    }

    @Test("and the README count alike")
    func counts() throws {
        let readme = try String(contentsOfFile: "README.md", encoding: .utf8)
        #expect(readme.contains("# \(Preset.all.count) are known by name"))
        #expect(readme.contains("| \(VectorFile.shared.vectors.count) recorded vectors |"))
    }

    /// A preset that is added brings its requests: one that is genuine, and those that must not pass for one.
    @Test("has recorded requests of every preset, good and bad", arguments: Preset.all)
    func vectors(_ preset: Preset) {
        let own = VectorFile.shared.vectors.filter { $0.presetName == preset.name }
        #expect(own.contains { $0.isValid == true })
        #expect(own.contains { $0.isValid == false } || preset.name == "mollie-classic", "nothing is signed")
    }
}
