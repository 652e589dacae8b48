internal import Config
internal import Crypto
internal import Signatures

extension Command {
    static let keysNew = Command(
        "keys new", "make a key pair, to send samples with",
        about: """
            Makes a key pair for trying a route out whose provider signs with a private key: the public half goes into the \
            route's secrets, the private half to headgate send --key. Prints both as PEM; with --out, writes FILE, which only \
            its owner can read, and FILE.pub. Files that exist are left alone. Never use such a key for anything else.
            """,
        flags: [
            Flag("--type", "TYPE", standard: "rsa", "rsa, ec (P-256) or ed25519."),
            Flag("--for", "NAME", "The type and the public half's form as this provider has them."),
            Flag("--out", "FILE", "Where the private half goes; the public one gets .pub behind its name."),
        ],
        examples: [
            "headgate keys new --for discord --out discord.pem", "headgate send discord --key discord.pem",
        ]
    ) { call in
        let (kind, form) = try wanted(call)
        let key = try PrivateKey.generate(kind)
        let text = PublicText(key.publicPEM)
        let written = form.flatMap { text.written(as: $0) } ?? key.publicPEM
        guard let path = call.text("--out") else {
            for line in (key.privatePEM + written).split(separator: "\n") { call.console.print(String(line)) }
            return .success
        }
        try OwnedFile.create(path, holding: key.privatePEM, mode: 0o600)
        try OwnedFile.create(path + ".pub", holding: written + (written.hasSuffix("\n") ? "" : "\n"), mode: 0o644)
        call.console.print("\(path) is the private half, \(path).pub the public one")
        return .success
    }

    private static func wanted(_ call: Invocation) throws -> (KeyKind, VerifierOutline.SecretForm?) {
        if let name = call.text("--for") {
            guard let preset = Preset.named(name) else {
                throw CommandFailure(
                    "\(quoted(name)) is no provider that is known; see headgate providers", status: .usage)
            }
            let outline = VerifierOutline(preset.node)
            guard let found = outline.keyKind else {
                throw CommandFailure(
                    "\(name) signs with no private key; its secret is all that send needs", status: .usage)
            }
            return found
        }
        switch call.text("--type") ?? "rsa" {
        case "rsa": return (.rsa, nil)
        case "ec": return (.p256, nil)
        case "ed25519": return (.ed25519, nil)
        case let other:
            throw CommandFailure("--type \(quoted(other)) is none of rsa, ec, ed25519; see -h", status: .usage)
        }
    }
}

extension VerifierOutline {
    /// Of the keys that verify, and how their public half is written; nil for secrets that are shared.
    fileprivate var keyKind: (KeyKind, SecretForm)? {
        let form = secrets.values.first { ![.text, .hex, .base64].contains($0) }
        guard let form else { return nil }
        // A JWK is made of elliptic keys alone.
        if form == .jwk || form == .jwks, schemes.contains("jwt-es256") { return (.p256, form) }
        for scheme in schemes {
            if scheme == "ed25519" { return (.ed25519, form) }
            if scheme.hasPrefix("ecdsa") || scheme == "jwt-es256" { return (.p256, form) }
            if scheme.hasPrefix("rsa") || scheme.hasPrefix("jwt-rs") { return (.rsa, form) }
        }
        return nil
    }
}
