package import Config
internal import Crypto
internal import Domain
internal import Net
internal import Signatures

extension Settings {
    /// Reads and checks everything; relative paths begin at the working directory.
    ///
    /// - Parameter values: made from `Settings.flags`.
    /// - Returns: settings that count only when nothing of severity error was reported.
    package static func read(
        _ values: FlagValues, surroundings: Surroundings, into diagnostics: inout Diagnostics
    ) -> Settings {
        var reader = SettingsReader(values: values, surroundings: surroundings)
        let settings = reader.settings()
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
        return settings
    }
}

struct SettingsReader {
    let values: FlagValues
    let surroundings: Surroundings
    var diagnostics = Diagnostics()

    init(values: FlagValues, surroundings: Surroundings) {
        self.values = values
        self.surroundings = surroundings
    }

    mutating func settings() -> Settings {
        var settings = Settings()
        if let value = values.one("--routes") { settings.routes = path(value) ?? settings.routes }
        if let value = values.one("--ledger") { settings.ledger = ledger(value) ?? settings.ledger }
        let listen = values.all("--listen").compactMap { address($0) }
        if !listen.isEmpty { settings.listen = listen }
        if let value = values.one("--admin") { settings.admin = address(value) ?? settings.admin }
        settings.adminToken = adminToken()
        settings.adminNames = values.all("--admin-name").compactMap { hostName($0) }
        settings.signing = signingKeys()
        settings.ledgerKey = ledgerKey()
        settings.alarmURL = alarmURL(isSigned: !settings.signing.isEmpty)
        settings.alarmFailing = duration("--alarm-failing") ?? settings.alarmFailing
        settings.stopFailing = duration("--stop-failing")
        settings.alarmDisk = size("--alarm-disk") ?? settings.alarmDisk
        settings.tls = tlsFiles()
        settings.trustedProxies = values.all("--trusted-proxy").compactMap { range($0) }
        settings.proxyProtocol = values.one("--proxy-protocol") != nil
        settings.allowPrivate = values.one("--allow-private") != nil
        settings.quarantineRequests = quarantineRequests() ?? settings.quarantineRequests
        settings.quarantineBytes = quarantineBytes() ?? settings.quarantineBytes
        settings.quarantineAge = quarantineAge() ?? settings.quarantineAge
        if let value = values.one("--checkpoint-key") { settings.checkpointKey = path(value) }
        settings.checkpointTargets = values.all("--checkpoint-to").compactMap { checkpointTarget($0) }
        if let value = values.one("--checkpoint-every") { settings.checkpointEvery = interval(value) }
        settings.keepBodies = values.one("--keep-bodies").flatMap { age($0) }
        settings.keepEvents = values.one("--keep-events").flatMap { age($0) }
        settings.keepBodyBytes = size("--keep-bodies-size")
        settings.keepBytes = values.one("--keep-size").flatMap { size($0) }
        settings.searchBytes = searchBytes() ?? settings.searchBytes
        settings.logLevel = logLevel() ?? settings.logLevel
        settings.logFormat = word("--log-format") ?? settings.logFormat
        checkTogether(settings)
        warnOfNearVariables()
        return settings
    }

    private mutating func checkTogether(_ settings: Settings) {
        for (place, address) in settings.listen.enumerated() where address.port != 0 {
            if address == settings.admin {
                report(.error, "--admin", "\(address.text) is also where webhooks come in", "give each its own port")
            }
            if settings.listen[..<place].contains(address) {
                report(.error, "--listen", "\(address.text) is given twice", "keep one of them")
            }
        }
        if settings.signing.isEmpty, settings.checkpointTargets.contains(where: \.isWebhook) {
            report(
                .error, "--checkpoint-to", "a checkpoint for a URL is signed, and there is no secret to sign it with",
                "set HEADGATE_SIGNING_SECRET")
        }
        if let value = values.one("--proxy-protocol"), settings.trustedProxies.isEmpty {
            diagnostics.report(
                value.error(
                    "without a trusted proxy anybody could name a source address",
                    cure: "name the proxy's address with --trusted-proxy"))
        }
    }

    private mutating func path(_ value: FlagValue) -> String? {
        if !value.text.isEmpty, !value.text.contains("\0") { return value.text }
        diagnostics.report(value.error("names nothing", cure: "write a path"))
        return nil
    }

    private mutating func ledger(_ value: FlagValue) -> String? {
        if value.text.hasPrefix("sqlite:") {
            let path = value.text.dropFirst("sqlite:".utf8.count)
            return self.path(FlagValue(text: String(path), origin: value.origin, isArgument: value.isArgument))
        }
        guard let scheme = value.text.split(separator: ":").first, value.text.contains("://") else {
            return path(value)
        }
        diagnostics.report(
            value.error(
                "this build has no ledger of the kind \(quoted(String(scheme)))", cure: "write a path, or sqlite:PATH"))
        return nil
    }

    private mutating func address(_ value: FlagValue) -> SocketAddress? {
        if !value.text.contains("\0"), let address = SocketAddress(text: value.text) { return address }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is no address and port", cure: "write one such as 0.0.0.0:8080 or [::1]:8080"))
        return nil
    }

    private mutating func range(_ value: FlagValue) -> IPRange? {
        guard !value.text.contains("\0"), let range = IPRange(text: value.text) else {
            diagnostics.report(
                value.error("\(quoted(value.text)) is no address and no range", cure: "write one such as 10.0.0.0/8"))
            return nil
        }
        if range.prefix == 0 || range == IPRange(IPAddress(v4: 0), prefix: 96) {
            diagnostics.report(
                value.warning(
                    "everybody is trusted, and may name any source address", cure: "name the proxy's own addresses"))
        }
        return range
    }

    private mutating func checkpointTarget(_ value: FlagValue) -> CheckpointTarget? {
        if !value.text.contains("\0"), let target = CheckpointTarget(text: value.text) { return target }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is no place for checkpoints",
                cure: "write file:PATH, syslog, or a URL that begins with https:// or http://"))
        return nil
    }

    private mutating func age(_ value: FlagValue) -> TimeSpan? {
        if let span = Quantity.duration(value.text), span >= .seconds(1) { return span }
        diagnostics.report(
            value.error("\(quoted(value.text)) is no time of 1s or longer", cure: "write one such as 90d or 36h"))
        return nil
    }

    private mutating func size(_ value: FlagValue) -> Int? {
        if let bytes = Quantity.bytes(value.text), bytes >= 1 << 20 { return bytes }
        diagnostics.report(
            value.error("\(quoted(value.text)) is no size of 1MiB or more", cure: "write one such as 500MiB or 50GiB"))
        return nil
    }

    private mutating func interval(_ value: FlagValue) -> TimeSpan {
        if let span = Quantity.duration(value.text), span >= .seconds(1), span <= .seconds(30 * 86_400) { return span }
        diagnostics.report(
            value.error("\(quoted(value.text)) is no time from 1s to 30d", cure: "write one such as 10m or 1h"))
        return .seconds(3600)
    }

    private mutating func adminToken() -> Secret? {
        guard let value = values.one("--admin-token") else {
            report(
                .warning, "--admin-token", "not set, so the API answers nobody",
                "set HEADGATE_ADMIN_TOKEN to a long random text")
            return nil
        }
        guard let token = secret(value) else { return nil }
        if token.count < 16 {
            diagnostics.report(value.warning("shorter than 16 bytes", cure: "use 32 random ones or more"))
        }
        if HeaderRules.isValue(token) { return token }
        diagnostics.report(value.error("holds a character that no header may", cure: "use printable ASCII"))
        return nil
    }

    /// As a browser sends it in Host, without the port.
    private mutating func hostName(_ value: FlagValue) -> String? {
        let name = value.text.lowercased()
        let form = /[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*/.asciiOnlyDigits()
        if name.utf8.count <= 253, name.wholeMatch(of: form) != nil { return name }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is no host name", cure: "write it without scheme and port: admin.example.com"))
        return nil
    }

    private mutating func signingKeys() -> [Secret] {
        guard let value = values.one("--signing-secret"), let texts = secret(value) else { return [] }
        var keys: [Secret] = []
        for text in SigningKeys.texts(in: texts) {
            do throws(StandardWebhooks.SecretProblem) {
                keys.append(try StandardWebhooks.key(text))
            } catch {
                diagnostics.report(value.error("a secret \(error)", cure: signingSecretCure))
            }
        }
        if keys.count > SigningKeys.most {
            diagnostics.report(value.error("more than \(SigningKeys.most) secrets", cure: "drop the oldest"))
        }
        return keys
    }

    private mutating func ledgerKey() -> SealingKey? {
        guard let value = values.one("--ledger-key"), let text = secret(value) else { return nil }
        do throws(CryptoError) { return try SealingKey(base64: text) } catch {
            diagnostics.report(
                value.error("the key \(error)", cure: "make one with `headgate secrets new --ledger-key`"))
            return nil
        }
    }

    private mutating func secret(_ value: FlagValue) -> Secret? {
        let source = SecretSource(value.text)
        if source.isLiteral, value.isArgument {
            diagnostics.report(
                value.warning(
                    "every user of this machine can read arguments", cure: "write env:NAME or file:PATH instead"))
        }
        switch SecretReader(surroundings).read(source) {
        case .success(let secret): return secret
        case .failure(let problem):
            diagnostics.report(value.error(problem.text, cure: problem.cure))
            return nil
        }
    }

    /// The operator's own place: it may be private, and must be signed for.
    private mutating func alarmURL(isSigned: Bool) -> String? {
        guard let value = values.one("--alarm-url") else { return nil }
        if case .failure(let problem) = SubscriberURL.read(value.text, policy: .routeFile) {
            diagnostics.report(value.error(problem.text, cure: problem.cure))
            return nil
        }
        if isSigned { return value.text }
        diagnostics.report(
            value.error("alarms are signed, and there is no signing secret", cure: "give --signing-secret too"))
        return nil
    }

    private mutating func duration(_ flag: String) -> TimeSpan? {
        guard let value = values.one(flag) else { return nil }
        if let span = Quantity.duration(value.text), span > .zero { return span }
        diagnostics.report(value.error("\(quoted(value.text)) is no duration", cure: "write one such as 1h or 5d"))
        return nil
    }

    private mutating func size(_ flag: String) -> Int? {
        guard let value = values.one(flag) else { return nil }
        if let bytes = Quantity.bytes(value.text) { return bytes }
        diagnostics.report(value.error("\(quoted(value.text)) is no size", cure: "write one such as 1GiB"))
        return nil
    }

    private mutating func tlsFiles() -> Settings.TLSFiles? {
        let (certificate, key) = (values.one("--tls-cert"), values.one("--tls-key"))
        guard let certificate, let key else {
            if let alone = certificate ?? key {
                diagnostics.report(alone.error("a certificate and its key belong together", cure: "give both"))
            }
            return nil
        }
        for value in [certificate, key] {
            if case .failure(let problem) = surroundings.readFile(value.text, Limits.tlsFileBytes) {
                diagnostics.report(
                    value.error("file \(value.text) \(problem.text)", cure: "name a PEM file this user can read"))
            }
        }
        return Settings.TLSFiles(certificate: certificate.text, key: key.text)
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(_ flag: String) -> Word?
    where Word.RawValue == String {
        guard let value = values.one(flag) else { return nil }
        if let word = Word(rawValue: value.text) { return word }
        let known = Word.allCases.map(\.rawValue)
        let guess = nearest(to: value.text, in: known).map { "did you mean \($0)?" }
        diagnostics.report(
            value.error(
                "\(quoted(value.text)) is not known", cure: guess ?? "write one of " + known.joined(separator: ", ")))
        return nil
    }

    /// A misspelt variable would be ignored without a word; one that is near to none of ours is somebody else's.
    private mutating func warnOfNearVariables() {
        let prefix = "HEADGATE_"
        let known = Settings.flags.compactMap { $0.variable?.dropFirst(prefix.count) }.map(String.init)
        for name in surroundings.environment.keys.sorted() where name.hasPrefix(prefix) {
            let own = String(name.dropFirst(prefix.count))
            guard !known.contains(own), let near = nearest(to: own, in: known) else { continue }
            report(.warning, name, "this variable is not read", "did you mean \(prefix)\(near)?")
        }
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ origin: String, _ problem: String, _ cure: String) {
        diagnostics.report(Diagnostic(severity, file: origin, path: "", problem: problem, cure: cure))
    }
}
