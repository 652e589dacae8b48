internal import CLinux
package import Domain
internal import Glibc

/// A named thread that runs one body and can be waited for once.
package struct Thread: ~Copyable, Sendable {
    private let handle: pthread_t

    /// - Parameter name: at most 15 bytes are shown by the system's tools (PR_SET_NAME).
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                headgate_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError(call: "pthread_create", code: code)
        }
        self.handle = handle
    }

    /// The calling thread comes behind others for a processor and the disk, from now on.
    package static func yieldToOthers() { headgate_yield_to_others() }

    /// Waits until the body has returned.
    package consuming func join() { pthread_join(handle, nil) }

    /// Waits until the body has returned, but no longer than `time`; then the thread is left to itself.
    ///
    /// - Returns: whether the body has returned.
    @discardableResult
    package consuming func join(within time: TimeSpan) -> Bool {
        // pthread_clockjoin_np would wait without looking, but ThreadSanitizer does not know it, and takes the next thread
        // with this handle for one that is there already.
        let clock = SystemClock()
        let end = clock.monotonic() + time
        repeat {
            if headgate_try_join(handle) == 0 { return true }
            usleep(1000)
        } while clock.monotonic() < end
        pthread_detach(handle)
        return false
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }
}
