internal import Glibc

/// What configuration draws on from outside: variables and files. The process's own in production, made up in tests.
package struct Surroundings: Sendable {
    package let environment: [String: String]
    /// The whole content of a regular file of at most so many bytes.
    package let readFile: @Sendable (_ path: String, _ most: Int) -> Result<[UInt8], FileProblem>
    /// Names of the entries of a directory, without `.` and `..`, in any order.
    package let fileNames: @Sendable (_ directory: String) -> Result<[String], FileProblem>

    package init(
        environment: [String: String],
        readFile: @escaping @Sendable (_ path: String, _ most: Int) -> Result<[UInt8], FileProblem> = readRegularFile,
        fileNames: @escaping @Sendable (_ directory: String) -> Result<[String], FileProblem> = listDirectory
    ) {
        self.environment = environment
        self.readFile = readFile
        self.fileNames = fileNames
    }

    /// Variables that are no UTF-8 are left out: what cannot be read is not set.
    package static func ofProcess() -> Surroundings {
        var variables: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            if let text = String(validatingCString: entry), let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            place += 1
        }
        return Surroundings(environment: variables)
    }
}

package enum FileProblem: Error, Sendable, Equatable {
    case missing, forbidden, notRegular, notDirectory
    case larger(than: Int)
    case system(code: Int32)

    package var text: String {
        switch self {
        case .missing: "does not exist"
        case .forbidden: "may not be read by this user"
        case .notRegular: "is no regular file"
        case .notDirectory: "is no directory"
        case .larger(let most): "is larger than \(most) bytes"
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        }
    }

    init(errno code: Int32) {
        self =
            switch code {
            case ENOENT: .missing
            case EACCES, EPERM: .forbidden
            case ENOTDIR: .notDirectory
            case EISDIR: .notRegular
            default: .system(code: code)
            }
    }
}

package func readRegularFile(_ path: String, _ most: Int) -> Result<[UInt8], FileProblem> {
    // Non-blocking, so that a pipe or a device in the file's place cannot hang the start.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return .failure(FileProblem(errno: errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failure(FileProblem(errno: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notRegular) }
    guard status.st_size <= most else { return .failure(.larger(than: most)) }
    var content: [UInt8] = []
    content.reserveCapacity(Int(status.st_size))
    return withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return .success(content) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(FileProblem(errno: errno))
            }
            content.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if content.count > most { return .failure(.larger(than: most)) }  // it grew meanwhile
        }
    }
}

package func listDirectory(_ path: String) -> Result<[String], FileProblem> {
    guard let directory = opendir(path) else { return .failure(FileProblem(errno: errno)) }
    defer { closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            // readdir(3) ends every name with a zero inside the array.
            String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if name != ".", name != ".." { names.append(name) }
        errno = 0
    }
    return errno == 0 ? .success(names) : .failure(FileProblem(errno: errno))
}
