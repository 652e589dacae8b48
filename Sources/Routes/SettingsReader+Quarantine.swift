internal import Config
internal import Domain

/// How much is kept of what was refused.
extension SettingsReader {
    mutating func quarantineRequests() -> Int? {
        bounded("--quarantine-requests", in: 0...Limits.quarantineRequestsMost, like: "10000", { Int($0) }) {
            String($0)
        }
    }

    mutating func quarantineBytes() -> Int? {
        bounded("--quarantine-size", in: (1 << 20)...Limits.quarantineBytesMost, like: "64MiB", Quantity.bytes) {
            Quantity.text(bytes: $0)
        }
    }

    mutating func quarantineAge() -> TimeSpan? {
        bounded("--quarantine-age", in: .seconds(60)...Limits.quarantineAgeMost, like: "7d", Quantity.duration) {
            Quantity.text($0)
        }
    }

    private mutating func bounded<Value: Comparable>(
        _ flag: String, in range: ClosedRange<Value>, like example: String, _ read: (String) -> Value?,
        text: (Value) -> String
    ) -> Value? {
        guard let value = values.one(flag) else { return nil }
        if let found = read(value.text), range.contains(found) { return found }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is not from \(text(range.lowerBound)) to \(text(range.upperBound))",
                cure: "write one such as \(example)"))
        return nil
    }
}
