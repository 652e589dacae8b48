internal import CCurl
internal import Glibc

/// The header lines of one request as the list that CURLOPT_HTTPHEADER takes, built without a call of malloc once the
/// storage has grown: curl_slist is a public struct, and libcurl only reads it. The list is valid until `reset`.
final class HeaderLines {
    private static let capacity = 2048
    /// Of a large head what it needed is not kept: there is one of these for each handle.
    private static let keptCapacity = 16 << 10

    private var text: UnsafeMutableBufferPointer<CChar>
    private var used = 0
    var capacity: Int { text.count }
    private var starts: [Int] = []
    private var nodes: UnsafeMutableBufferPointer<curl_slist>

    init() {
        text = .allocate(capacity: Self.capacity)
        nodes = .allocate(capacity: 32)
    }

    deinit {
        text.deallocate()
        nodes.deallocate()
    }

    func reset() {
        used = 0
        starts.removeAll(keepingCapacity: true)
        guard text.count > Self.keptCapacity else { return }
        text.deallocate()
        text = .allocate(capacity: Self.capacity)
    }

    // MARK: One line: begin, append…, end

    func begin() { starts.append(used) }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(text.baseAddress! + used, source, bytes.count)  // allocated in init, never empty
        used += bytes.count
    }

    func append(_ literal: StaticString) {
        append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    func append(_ string: String) {
        var string = string
        string.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    func append(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var place = digits.count
            var rest = number.magnitude
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 { append("-") }
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[place...]))
        }
    }

    func end() {
        reserve(1)
        text[used] = 0
        used += 1
    }

    /// A whole line.
    func add(_ name: StaticString, _ value: Int64) {
        begin()
        append(name)
        append(": ")
        append(value)
        end()
    }

    func add(_ name: StaticString, _ value: String) {
        begin()
        append(name)
        append(": ")
        append(value)
        end()
    }

    func add(_ line: StaticString) {
        begin()
        append(line)
        end()
    }

    /// The linked list, made anew because growing may have moved the text.
    func list() -> UnsafeMutablePointer<curl_slist>? {
        if nodes.count < starts.count {
            nodes.deallocate()
            nodes = .allocate(capacity: starts.count * 2)
        }
        guard let first = nodes.baseAddress, let base = text.baseAddress else { return nil }
        for (place, start) in starts.enumerated() {
            let next = place + 1 < starts.count ? first + place + 1 : nil
            (first + place).initialize(to: curl_slist(data: base + start, next: next))
        }
        return starts.isEmpty ? nil : first
    }

    private func reserve(_ more: Int) {
        guard used + more > text.count else { return }
        let larger = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(text.count * 2, used + more))
        memcpy(larger.baseAddress!, text.baseAddress!, used)  // neither is empty
        text.deallocate()
        text = larger
    }
}
