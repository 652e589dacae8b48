internal import Synchronization

/// How a demonstration went, handed from its thread to the one that ends the process.
final class DemoResult: Sendable {
    private let failed = Atomic<Bool>(false)

    func fail() { failed.store(true, ordering: .relaxed) }
    var status: ExitStatus { failed.load(ordering: .relaxed) ? .failure : .success }
}
