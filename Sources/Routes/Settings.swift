package import Config
package import Crypto
package import Domain
package import Net

/// How `serve` runs, and what `check` checks: flags, then variables, then defaults.
package struct Settings: Sendable {
    package enum LogLevel: String, Sendable, CaseIterable { case debug, info, warning, error }
    package enum LogFormat: String, Sendable, CaseIterable { case text, json }

    package struct TLSFiles: Sendable, Equatable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) { (self.certificate, self.key) = (certificate, key) }
    }

    package var routes = "routes"
    /// The embedded ledger's file.
    package var ledger = "data/ledger.db"
    package var listen = [SocketAddress(.unspecified, port: 8080)]
    package var admin = SocketAddress(IPAddress(v4: 0x7f00_0001), port: 8081)
    /// Nil: the admin API answers nothing that needs one.
    package var adminToken: Secret?
    /// Names under which the admin listener is asked, in lower case, beside addresses and local names.
    package var adminNames: [String] = []
    /// Keys, decoded; all of them sign.
    package var signing: [Secret] = []
    /// Seals the secrets that the ledger keeps; nil: it keeps none.
    package var ledgerKey: SealingKey?
    /// Where alarms are posted; nil: nowhere but the log.
    package var alarmURL: String?
    /// A subscriber without one success for so long is worth an alarm.
    package var alarmFailing = Limits.alarmFailing
    /// A subscriber without one success for so long is stopped; nil: never.
    package var stopFailing: TimeSpan?
    /// Bytes free beside the ledger, below which there is an alarm.
    package var alarmDisk = Limits.alarmDiskBytes
    package var tls: TLSFiles?
    package var trustedProxies: [IPRange] = []
    package var proxyProtocol = false
    /// For subscribers of the registration API; route files may always name private addresses.
    package var allowPrivate = false
    /// How much is kept of what was refused, and how long; 0 requests: nothing.
    package var quarantineRequests = Limits.quarantineRequests
    package var quarantineBytes = Limits.quarantineBytes
    package var quarantineAge = Limits.quarantineAge
    /// The private key that signs checkpoints; nil for the one beside the ledger.
    package var checkpointKey: String?
    package var checkpointTargets: [CheckpointTarget] = []
    package var checkpointEvery = TimeSpan.seconds(3600)
    /// Nil: kept for ever, whatever its size.
    package var keepBodies: TimeSpan?
    package var keepEvents: TimeSpan?
    package var keepBodyBytes: Int?
    package var keepBytes: Int?
    /// Of the index that searches use; 0: none is kept.
    package var searchBytes = Limits.searchBytes
    package var logLevel = LogLevel.info
    package var logFormat = LogFormat.text

    package static let flags = [
        Flag("--routes", "DIR", variable: "HEADGATE_ROUTES", standard: "routes", "The directory of route files."),
        Flag(
            "--ledger", "URL", variable: "HEADGATE_LEDGER", standard: "data/ledger.db",
            "The ledger: a path, or sqlite:PATH."),
        Flag(
            "--listen", "ADDR:PORT", variable: "HEADGATE_LISTEN", standard: "0.0.0.0:8080", repeats: true,
            "Where webhooks come in."),
        Flag(
            "--admin", "ADDR:PORT", variable: "HEADGATE_ADMIN", standard: "127.0.0.1:8081",
            "Where health, metrics and the API answer."),
        Flag(
            "--admin-token", "SECRET", variable: "HEADGATE_ADMIN_TOKEN",
            "Whoever has it may use the API: env:NAME, file:PATH or the token itself."),
        Flag(
            "--admin-name", "NAME", variable: "HEADGATE_ADMIN_NAME", repeats: true,
            "A name under which the admin listener may be asked, beside addresses and local names: admin.example.com."),
        Flag(
            "--signing-secret", "SECRET", variable: "HEADGATE_SIGNING_SECRET",
            "Signs what subscribers get: whsec_… (several, separated by spaces, all sign), env:NAME or file:PATH."),
        Flag(
            "--ledger-key", "SECRET", variable: "HEADGATE_LEDGER_KEY",
            "Seals secrets of subscribers and routes that came through the API, and tokens and queries of refused requests: "
                + "env:NAME, file:PATH, 32 bytes in base64. Without it none of them is kept."),
        Flag(
            "--alarm-url", "URL", variable: "HEADGATE_ALARM_URL",
            "Where alarms are posted, signed with the signing secret."),
        Flag(
            "--alarm-failing", "DURATION", variable: "HEADGATE_ALARM_FAILING", standard: "1h",
            "A subscriber without one success for so long is worth an alarm."),
        Flag(
            "--alarm-disk", "SIZE", variable: "HEADGATE_ALARM_DISK", standard: "1GiB",
            "Less than this free beside the ledger is worth an alarm."),
        Flag(
            "--stop-failing", "DURATION", variable: "HEADGATE_STOP_FAILING",
            "A subscriber without one success for so long is stopped, and its deliveries held; never when absent."),
        Flag("--tls-cert", "FILE", variable: "HEADGATE_TLS_CERT", "The certificate chain of the intake, PEM."),
        Flag("--tls-key", "FILE", variable: "HEADGATE_TLS_KEY", "Its private key, PEM."),
        Flag(
            "--trusted-proxy", "CIDR", variable: "HEADGATE_TRUSTED_PROXY", repeats: true,
            "A proxy in front, whose word about the source address counts."),
        Flag(
            "--proxy-protocol", variable: "HEADGATE_PROXY_PROTOCOL",
            "Trusted proxies speak the PROXY protocol (v1 or v2) on the intake."),
        Flag(
            "--allow-private", variable: "HEADGATE_ALLOW_PRIVATE",
            "Subscribers registered through the API may have private addresses; those of route files always may."),
        Flag(
            "--quarantine-requests", "COUNT", variable: "HEADGATE_QUARANTINE_REQUESTS", standard: "10000",
            "So many refused requests are kept at most; 0: none."),
        Flag(
            "--quarantine-size", "SIZE", variable: "HEADGATE_QUARANTINE_SIZE", standard: "64MiB",
            "So many bytes of them at most."),
        Flag(
            "--quarantine-age", "SPAN", variable: "HEADGATE_QUARANTINE_AGE", standard: "7d",
            "How long they are kept."),
        Flag(
            "--checkpoint-key", "FILE", variable: "HEADGATE_CHECKPOINT_KEY",
            "Signs the ledger's checkpoints: an Ed25519 key, PEM, made when missing. LEDGER.key unless named."),
        Flag(
            "--checkpoint-to", "PLACE", variable: "HEADGATE_CHECKPOINT_TO", repeats: true,
            "Where checkpoints go: file:PATH (appended), syslog, or a URL that gets a signed POST."),
        Flag(
            "--checkpoint-every", "TIME", variable: "HEADGATE_CHECKPOINT_EVERY", standard: "1h",
            "How often, when something was written since."),
        Flag(
            "--keep-bodies", "TIME", variable: "HEADGATE_KEEP_BODIES", standard: "for ever",
            "Remove bodies older than this, such as 90d; their digests stay."),
        Flag(
            "--keep-bodies-size", "SIZE", variable: "HEADGATE_KEEP_BODIES_SIZE", standard: "any",
            "Remove the oldest bodies when all of them are more than this, such as 20GiB."),
        Flag(
            "--keep-events", "TIME", variable: "HEADGATE_KEEP_EVENTS", standard: "for ever",
            "Remove events older than this, such as 400d, with their deliveries; their hashes stay."),
        Flag(
            "--keep-size", "SIZE", variable: "HEADGATE_KEEP_SIZE", standard: "any",
            "Remove the oldest events when the ledger uses more than this, such as 50GiB."),
        Flag(
            "--search-size", "SIZE", variable: "HEADGATE_SEARCH_SIZE", standard: "4GiB",
            "The index beside the ledger (LEDGER.search) is no larger; 0: none, so that searches read rows."),
        Flag(
            "--log-level", "LEVEL", variable: "HEADGATE_LOG_LEVEL", standard: "info", "debug, info, warning or error."),
        Flag("--log-format", "FORMAT", variable: "HEADGATE_LOG_FORMAT", standard: "text", "text or json."),
    ]
}
