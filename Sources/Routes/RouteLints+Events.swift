internal import Config

/// Patterns that no event type will match.
extension RouteReader {
    mutating func lintTypes(_ file: ConfigNode) {
        let findsType = eventType != nil || file["event"]?["type"] != nil
        var patterns = (file["subscribers"]?.elements ?? []).compactMap { $0["events"] }
        var unheard = Diagnostics()
        patterns += (file["types"]?.members(into: &unheard) ?? []).map(\.node)
        for node in patterns {
            let globs = node.strings(into: &unheard)
            if !findsType, !globs.isEmpty, !globs.contains(where: isStars) {
                report(
                    unusable: "this route finds no type, so nothing would match",
                    cure:
                        "write event: { type: \"json:…\" }, or remove \(node.path.split(separator: ".").last ?? "it")",
                    at: node)
                continue
            }
            for element in node.elements {
                guard case .string(let glob) = element.value, isOtherPattern(glob) else {
                    continue
                }
                diagnostics.report(
                    element.warning(
                        "only * is a pattern: \(quoted(glob)) is taken as it stands",
                        cure: "write a run of characters as *, and each choice as an entry of its own"))
            }
        }
    }
}

/// Matches an event without a type as well.
private func isStars(_ glob: String) -> Bool { glob.utf8.allSatisfy { $0 == UInt8(ascii: "*") } }

/// A regular expression or a shell's glob. Some providers' types hold spaces or begin with "$".
private func isOtherPattern(_ glob: String) -> Bool {
    glob.hasSuffix("$") || glob.utf8.contains { "?[]{}^|".utf8.contains($0) }
}
