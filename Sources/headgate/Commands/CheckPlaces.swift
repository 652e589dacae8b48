internal import Config
internal import Glibc
internal import Ledgers
internal import Routes

/// The files that serve will write. Whoever checks may be another user than the gateway's, so that only what is not there
/// at all is an error.
struct PlacesCheck {
    let call: Invocation
    let settings: Settings

    var diagnostics: [Diagnostic] {
        let origin = call.values.one("--ledger")?.origin ?? "--ledger"
        let ledger = place(settings.ledger, of: origin, makesDirectory: true)
        let targets = zip(call.values.all("--checkpoint-to"), settings.checkpointTargets).compactMap { value, target in
            if case .file(let path) = target { place(path, of: value.origin) } else { nil }
        }
        return ([ledger, key] + targets).compactMap { $0 }
    }

    /// Made when it is missing; one that is there must be such a key.
    private var key: Diagnostic? {
        guard let path = settings.checkpointKey, let value = call.values.one("--checkpoint-key") else { return nil }
        guard access(path, F_OK) == 0 else { return place(path, of: value.origin) }
        do throws(CheckpointKeyError) {
            _ = try CheckpointKey.existing(path)
            return nil
        } catch {
            return value.error("\(error)", cure: "name another file, which is made when it is missing")
        }
    }

    private func place(_ path: String, of origin: String, makesDirectory: Bool = false) -> Diagnostic? {
        func found(_ severity: Diagnostic.Severity, _ problem: String, _ cure: String) -> Diagnostic {
            Diagnostic(severity, file: origin, path: "", problem: problem, cure: cure)
        }
        func forbidden(_ path: String) -> Diagnostic {
            found(.warning, "\(path) may not be written by this user", "let the gateway's user write there")
        }
        if access(path, F_OK) == 0 { return access(path, W_OK) == 0 ? nil : forbidden(path) }
        var directory = directoryPart(of: path)
        if makesDirectory, access(directory, F_OK) != 0 { directory = directoryPart(of: directory) }
        guard access(directory, F_OK) == 0 || errno == EACCES else {
            return found(.error, "the directory \(directory) does not exist", "create it, or name another place")
        }
        return access(directory, W_OK | X_OK) == 0 ? nil : forbidden(directory)
    }
}

/// Of a file's path.
func directoryPart(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
