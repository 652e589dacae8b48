internal import Config
internal import Crypto

extension Command {
    static let secretsNew = Command(
        "secrets new", "print a new signing secret",
        about: """
            Prints whsec_ and 32 random bytes in base64: for HEADGATE_SIGNING_SECRET, or the secret of one subscriber. With \
            --token, 32 random bytes in URL-safe base64: for HEADGATE_ADMIN_TOKEN. With --ledger-key, 32 random bytes in \
            base64: for HEADGATE_LEDGER_KEY.
            """,
        flags: [
            Flag("--token", nil, "Print an admin token instead."),
            Flag("--ledger-key", nil, "Print a key for the ledger's secrets instead."),
        ],
        examples: ["export HEADGATE_SIGNING_SECRET=$(headgate secrets new)"]
    ) { call in
        let bytes = try randomBytes(32)
        if call.isOn("--ledger-key") {
            call.console.print(Base64.encode(bytes))
            return .success
        }
        call.console.print(
            call.isOn("--token") ? Base64.encode(bytes, url: true) : "whsec_" + Base64.encode(bytes))
        return .success
    }
}
