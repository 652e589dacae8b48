internal import Config

extension SettingsReader {
    /// Many programs say "warn".
    mutating func logLevel() -> Settings.LogLevel? {
        values.one("--log-level")?.text == "warn" ? .warning : word("--log-level")
    }
}
