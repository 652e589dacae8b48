import Domain
import Glibc
import Routes
import Testing

@Suite("Files of the system") struct FilesTests {
    /// A directory that is gone when the test ends.
    final class Place {
        let path: String
        init() {
            var template = Array("/tmp/headgate-routes-XXXXXX".utf8CString)
            mkdtemp(&template)
            path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        }
        deinit {
            if case .success(let names) = listDirectory(path) {
                for name in names { remove("\(path)/\(name)") }
            }
            rmdir(path)
        }
        func write(_ name: String, _ text: String) {
            guard let file = fopen("\(path)/\(name)", "w") else { return }
            fputs(text, file)
            fclose(file)
        }
    }

    @Test("are read whole and up to their limit")
    func reading() {
        let place = Place()
        place.write("a", String(repeating: "x", count: 100_000))
        #expect((try? readRegularFile("\(place.path)/a", 100_000).get().count) == 100_000)
        #expect(readRegularFile("\(place.path)/a", 99_999) == .failure(.larger(than: 99_999)))
    }

    @Test("must be regular and there")
    func kinds() {
        let place = Place()
        mkfifo("\(place.path)/pipe", 0o600)
        #expect(readRegularFile("\(place.path)/none", 10) == .failure(.missing))
        #expect(readRegularFile(place.path, 10) == .failure(.notRegular))
        #expect(readRegularFile("\(place.path)/pipe", 10) == .failure(.notRegular))
        #expect(readRegularFile("/dev/zero", 10) == .failure(.notRegular))
    }

    @Test("are listed by name")
    func listing() throws {
        let place = Place()
        place.write("b.json5", "{}")
        place.write(".hidden", "")
        #expect(try listDirectory(place.path).get().sorted() == [".hidden", "b.json5"])
        #expect(listDirectory("\(place.path)/none") == .failure(.missing))
        #expect(listDirectory("\(place.path)/b.json5") == .failure(.notDirectory))
    }

    @Test("and variables of this process are found")
    func process() {
        setenv("HEADGATE_ROUTES_TEST", "a=b", 1)
        #expect(Surroundings.ofProcess().environment["HEADGATE_ROUTES_TEST"] == "a=b")
    }
}
