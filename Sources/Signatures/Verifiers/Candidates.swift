internal import Crypto
internal import Domain

/// The decoded signatures of one request, in memory that is kept from request to request.
final class Candidates {
    private let memory: UnsafeMutableRawBufferPointer
    private let stride: Int
    private var lengths: [Int] = []
    /// Of texts, also those that could not be decoded.
    private(set) var met = 0

    /// - Parameter size: of the longest signature that can be right.
    init(size: Int) {
        stride = size
        memory = .allocate(byteCount: size * Limits.signatureCandidates, alignment: 1)
        lengths.reserveCapacity(Limits.signatureCandidates)
    }

    deinit { memory.deallocate() }

    var count: Int { lengths.count }

    subscript(place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[place * stride..<place * stride + lengths[place]])
    }

    func clear() {
        lengths.removeAll(keepingCapacity: true)
        met = 0
    }

    /// What cannot be decoded is passed over: it may be a signature of a kind to come.
    ///
    /// - Parameter text: nil for a text that lacks its prefix.
    func add(_ text: UnsafeRawBufferPointer?, _ encoding: SignaturePlace.Encoding) throws(Verification.Refusal) {
        met += 1
        guard met <= Limits.signatureCandidates else { throw .tooManySignatures }
        guard let text else { return }
        let start = lengths.count * stride
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + stride])
        guard let length = encoding.decode(text, into: target), length > 0 else { return }
        lengths.append(length)
    }

    /// Whether one of them is `digest`: all are compared, whichever it is.
    func contain(_ digest: UnsafeRawBufferPointer) -> Bool {
        var found = false
        for place in 0..<count {
            let same = equalInConstantTime(self[place], digest)
            found = found || same
        }
        return found
    }
}
