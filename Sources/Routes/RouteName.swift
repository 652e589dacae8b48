internal import Config
internal import Domain

/// Names of routes and subscribers stand in header fields, metrics and tables: small letters, digits, `.`, `_`, `-`.
func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isSmallOrDigit(first), text.utf8.count <= Limits.nameBytes else { return false }
    return text.utf8.allSatisfy { isSmallOrDigit($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
}

let nameCure =
    "use small letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit, at most "
    + "\(Limits.nameBytes) of them"

/// A route's path is compared byte by byte with what a request names, so it has one spelling: no `%`, no empty, `.` or
/// `..` segment.
func pathProblem(_ path: String) -> (problem: String, cure: String)? {
    guard path.hasPrefix("/") else { return ("\(quoted(path)) does not begin with /", "write \(quoted("/" + path))") }
    guard path.utf8.count <= Limits.pathBytes else {
        return ("the path is longer than \(Limits.pathBytes) bytes", "use a shorter one")
    }
    guard path.utf8.allSatisfy({ isPathByte($0) || $0 == UInt8(ascii: "/") }) else {
        return (
            "\(quoted(path)) holds a character that providers would have to encode",
            "use letters, digits, \"-\", \".\", \"_\", \"~\" and \"/\""
        )
    }
    if path == "/" { return nil }
    var segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if segments.last == "" { segments.removeLast() }
    guard !segments.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        return ("\(quoted(path)) has an empty, \".\" or \"..\" segment", "remove it")
    }
    return nil
}

private func isSmallOrDigit(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }

private func isPathByte(_ byte: UInt8) -> Bool {
    isSmallOrDigit(byte) || (0x41...0x5a).contains(byte) || "-._~".utf8.contains(byte)
}
