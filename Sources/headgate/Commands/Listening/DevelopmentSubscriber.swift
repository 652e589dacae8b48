internal import Domain
internal import Net
internal import Server
internal import Wire

/// A subscriber for development: checks the signature, tells what came, answers as it was told to. Lives on its loop's
/// thread.
final class DevelopmentSubscriber: RequestHandler {
    /// How it answers.
    struct Manners: Sendable {
        var status = Status.ok
        var delay = TimeSpan.zero
        /// So many first requests are answered 500.
        var failFirst = 0
    }

    private let loop: EventLoop
    private let check: SignatureCheck?
    private let manners: Manners
    private let heard: (HeardRequest, Status) -> Void
    private let clock = SystemClock()
    private var count = 0
    private(set) lazy var server = HTTPServer(on: loop, handler: self)

    /// - Parameter heard: called for each whole request, with how it will be answered.
    init(
        on loop: EventLoop, check: SignatureCheck?, manners: Manners = Manners(),
        heard: @escaping (HeardRequest, Status) -> Void
    ) {
        self.loop = loop
        self.check = check
        self.manners = manners
        self.heard = heard
    }

    func admit(_ request: RequestView, from peer: Peer) -> Admission { .body(limit: Limits.bodyBytesMost) }

    func handle(_ request: RequestView, from peer: Peer, ticket: ReplyTicket) -> Handling {
        let now = clock.wall()
        count += 1
        let status = count <= manners.failFirst ? Status.internalServerError : manners.status
        heard(HeardRequest(request, at: now, signature: check?.check(request, at: now) ?? .unchecked), status)
        let answer = Response(status)
        guard manners.delay > .zero else { return .reply(answer) }
        // The loop keeps the timer until it has rung.
        loop.arm(Timer { [server] in server.reply(ticket, answer) }, at: loop.now + manners.delay)
        return .later
    }
}
