import Domain
import Glibc
import Net
import Testing

@Suite("An event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test("hands every message of a mailbox over, in order, also those posted from other threads")
    func mailbox() throws {
        let mailbox = try Mailbox<Int>()
        let loop = try EventLoop()
        var received: [Int] = []
        try loop.receive(mailbox) { message in
            received.append(message)
            if received.count == 10_000 { loop.stop() }
        }
        let thread = try Thread(name: "poster") { for number in 0..<10_000 { mailbox.post(number) } }
        loop.run()
        thread.join()
        #expect(received == Array(0..<10_000))
    }

    @Test("a thread is waited for no longer than one wants")
    func joinWithin() throws {
        var gate: [Int32] = [0, 0]
        try #require(pipe(&gate) == 0)
        let stuck = try Thread(name: "stuck") { [closed = gate[0]] in
            var byte: UInt8 = 0
            _ = read(closed, &byte, 1)
        }
        let isStuckOver = stuck.join(within: .milliseconds(1))
        #expect(!isStuckOver)
        let ended = try Thread(name: "ended") {}
        let isEndedOver = ended.join(within: .seconds(60))
        #expect(isEndedOver)
        _ = write(gate[1], "x", 1)
    }

    @Test("rings timers in the order of their deadlines, moved and disarmed ones included")
    func timers() throws {
        let loop = try EventLoop()
        var rung: [String] = []
        let late = Timer { rung.append("late") }
        let moved = Timer { rung.append("moved") }
        let dropped = Timer { rung.append("dropped") }
        let last = Timer {
            rung.append("last")
            loop.stop()
        }
        loop.arm(late, at: loop.now + .milliseconds(3))
        loop.arm(moved, at: loop.now + .seconds(500))
        loop.arm(dropped, at: loop.now + .milliseconds(1))
        loop.arm(last, at: loop.now + .milliseconds(5))
        loop.arm(moved, at: loop.now + .milliseconds(2))
        loop.disarm(dropped)
        loop.run()
        #expect(rung == ["moved", "late", "last"])
        #expect(!late.isArmed)
    }

    @Test("a timer that arms itself for the past lets the rest of the turn happen")
    func selfArming() throws {
        let loop = try EventLoop()
        var rings = 0
        let again = WeakBox()
        let timer = Timer {
            rings += 1
            if rings == 3 { loop.stop() } else if let timer = again.timer { loop.arm(timer, at: loop.now) }
        }
        again.timer = timer
        loop.arm(timer, at: loop.now)
        loop.run()
        #expect(rings == 3)
    }

    @Test("drops events of a descriptor that was closed and given out again within one turn")
    func staleEvents() throws {
        let loop = try EventLoop()
        var pipes: [[Int32]] = []
        for _ in 0..<2 {
            var pair: [Int32] = [0, 0]
            try check("pipe") { pipe(&pair) }
            pipes.append(pair)
            _ = write(pair[1], "x", 1)
        }
        let log = Log()
        let tokens = try pipes.map { try loop.watch($0[0], for: .read, by: log) }
        log.onReady = { token in
            // Whoever is told first closes the other, whose number is taken by a new descriptor at once.
            let other = token == tokens[0] ? 1 : 0
            loop.unwatch(tokens[other])
            close(pipes[other][0])
            #expect(dup(pipes[1 - other][0]) == pipes[other][0])
            loop.unwatch(token)
            loop.stop()
        }
        loop.run()
        #expect(log.tokens.count == 1)
        for pair in pipes { for fd in pair { close(fd) } }
    }

    private final class WeakBox { weak var timer: Timer? }

    private final class Log: Watcher {
        var tokens: [Token] = []
        var onReady: (Token) -> Void = { _ in }
        func ready(_ readiness: Readiness, token: Token) {
            tokens.append(token)
            onReady(token)
        }
    }
}
