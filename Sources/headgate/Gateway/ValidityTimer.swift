import Domain
import Net

/// Says when a moment of the calendar has come. The calendar's clock may be set meanwhile, so it is looked at now and then.
final class ValidityTimer {
    private let loop: EventLoop
    private let clock: any Clock
    private let act: () -> Void
    private var next: WallTime?
    private lazy var timer = Timer { [unowned self] in look() }

    private static let lookEvery = TimeSpan.seconds(30)

    init(on loop: EventLoop, clock: any Clock, _ act: @escaping () -> Void) {
        (self.loop, self.clock, self.act) = (loop, clock, act)
    }

    /// - Parameter next: in place of the moment before; nil for none.
    func wait(until next: WallTime?) {
        self.next = next
        guard let next else { return loop.disarm(timer) }
        loop.arm(timer, at: loop.now + min(max(next - clock.wall(), .zero), Self.lookEvery))
    }

    private func look() {
        guard let next else { return }
        if clock.wall() < next { return wait(until: next) }
        self.next = nil
        act()
    }
}
