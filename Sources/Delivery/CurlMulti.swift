internal import CCurl
internal import CLinux
internal import Domain
internal import Glibc
internal import Net

/// A CURL handle, as the C headers give it to Swift.
typealias EasyHandle = UnsafeMutableRawPointer

/// A libcurl multi handle bound to an event loop by curl_multi_socket_action: curl says which sockets and which timer it
/// waits for, the loop tells it what happened. Lives on the loop's thread.
///
/// Inside a curl callback no handle is added or removed (libcurl forbids it): callbacks note what changed, and finished
/// transfers are collected after curl_multi_socket_action has returned.
final class CurlMulti: Watcher {
    /// A socket of curl's. A kept connection stays registered between its transfers, so that sending on it again costs
    /// no epoll_ctl; it is dropped when curl closes the socket, or when something arrives that no transfer waits for.
    private struct Watch {
        var token: Token
        var interest: Interest
        var isIdle: Bool
    }

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var watches: [Int32: Watch] = [:]
    private lazy var timer = Timer { [unowned self] in act(on: CURL_SOCKET_TIMEOUT, 0) }
    private let finished: (EasyHandle, CURLcode) -> Void

    /// - Parameter finished: gets each easy handle that is done, already taken out of the multi handle.
    init(on loop: EventLoop, finished: @escaping (EasyHandle, CURLcode) -> Void) {
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory for a multi handle") }
        self.loop = loop
        self.multi = multi
        self.finished = finished
        _ = headgate_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Limits.keptConnections)
        // `deinit` cleans the multi handle up first, so curl never outlives self.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = headgate_on_socket(
            multi,
            { _, fd, what, context, _ in
                CurlMulti.from(context)?.curlWaits(for: what, on: fd)
                return 0
            }, context)
        _ = headgate_on_timer(
            multi,
            { _, milliseconds, context in
                CurlMulti.from(context)?.curlWaits(milliseconds)
                return 0
            }, context)
    }

    deinit { curl_multi_cleanup(multi) }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
        context.map { Unmanaged<CurlMulti>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Lets this object know when curl closes a socket that `easy` opened.
    func adopt(_ easy: EasyHandle) {
        _ = headgate_on_close_socket(
            easy,
            { context, fd in
                CurlMulti.from(context)?.forget(fd)
                return close(fd)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// A new socket bears this number. libcurl closes those that never came to connect without a word, so a watch of that
    /// number is an old one's, and would keep the new one from being watched.
    func opened(_ fd: Int32) { forget(fd) }

    /// Starts a transfer. Not from within a callback of curl.
    func add(_ easy: EasyHandle) { curl_multi_add_handle(multi, easy) }

    /// Stops a transfer; its connection is closed.
    func remove(_ easy: EasyHandle) { curl_multi_remove_handle(multi, easy) }

    // MARK: The loop tells

    func ready(_ readiness: Readiness, token: Token) {
        guard let watch = watches[token.fd], watch.token == token else { return }
        if watch.isIdle { return retire(token.fd) }
        var what: Int32 = 0
        if !readiness.isDisjoint(with: [.readable, .readClosed]) { what |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { what |= CURL_CSELECT_OUT }
        if readiness.contains(.failed) { what |= CURL_CSELECT_ERR }
        act(on: token.fd, what)
    }

    private func act(on fd: Int32, _ what: Int32) {
        var running: Int32 = 0
        _ = curl_multi_socket_action(multi, fd, what, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = headgate_message_result(message)
            curl_multi_remove_handle(multi, easy)
            finished(easy, code)
        }
    }

    // MARK: Curl tells

    private func curlWaits(for what: Int32, on fd: Int32) {
        if what == CURL_POLL_REMOVE { return idle(fd) }
        var interest: Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        if let watch = watches[fd] {
            if watch.interest != interest { loop.change(watch.token, to: interest) }
            watches[fd] = Watch(token: watch.token, interest: interest, isIdle: false)
        } else if let token = try? loop.watch(fd, for: interest, by: self) {
            watches[fd] = Watch(token: token, interest: interest, isIdle: false)
        }  // Without a watch (ENOMEM, ENOSPC) the transfer ends by its own timeout.
    }

    /// Whoever waited for room to send does so no longer: a connection at rest always has room, and would wake the loop
    /// for nothing until its next transfer.
    private func idle(_ fd: Int32) {
        guard let watch = watches[fd] else { return }
        if watch.interest != .read { loop.change(watch.token, to: .read) }
        watches[fd] = Watch(token: watch.token, interest: .read, isIdle: true)
    }

    private func curlWaits(_ milliseconds: Int) {
        if milliseconds < 0 {
            loop.disarm(timer)
        } else {
            loop.arm(timer, at: loop.now + .milliseconds(Int64(milliseconds)))
        }
    }

    /// Something came on a connection on which nobody waits: its end, or bytes that libcurl would take for the answer to
    /// the next request. Shut, it fails libcurl's check before it is used again, and libcurl closes it. What libcurl read
    /// since epoll reported it is no such thing.
    private func retire(_ fd: Int32) {
        var byte: UInt8 = 0
        guard recv(fd, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) >= 0 || errno != EAGAIN else { return }
        shutdown(fd, Int32(SHUT_RDWR))
        forget(fd)
    }

    private func forget(_ fd: Int32) {
        guard let watch = watches.removeValue(forKey: fd) else { return }
        loop.unwatch(watch.token)
    }
}
