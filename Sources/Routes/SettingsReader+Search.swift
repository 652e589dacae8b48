internal import Config
internal import Domain

/// How large the index may be.
extension SettingsReader {
    mutating func searchBytes() -> Int? {
        guard let value = values.one("--search-size") else { return nil }
        if value.text == "0" { return 0 }
        if let bytes = Quantity.bytes(value.text), bytes >= Limits.searchBytesLeast { return bytes }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is neither 0 nor a size of \(Quantity.text(bytes: Limits.searchBytesLeast)) or more",
                cure: "write one such as 4GiB, or 0 for no index"))
        return nil
    }
}
