import Glibc
import Terminal

/// A small program on a real terminal, for tests that need a process of its own: signals, an editor, a shell above it.
///
/// It shows what reaches it, newest first, and does what its keys say. Arguments: `--rate N` has another thread post so
/// many messages a second, `--theme NAME` and `--ascii` are as they say.
@main enum TerminalProbe {
    static func main() {
        let signals = TerminalSignals()
        let arguments = CommandLine.arguments
        func value(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
        let environment = TerminalEnvironment(
            variables: { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
            asciiOnly: arguments.contains("--ascii"))
        let inbox = Inbox<Int>(limit: 4096)
        do {
            let interface = try UserInterface(
                environment: environment, signals: signals, inbox: inbox, logPath: nil,
                theme: value("--theme").flatMap(ThemeName.init) ?? .dark)
            if let rate = value("--rate").flatMap(Int.init) { Feed(inbox, rate: rate).start() }
            var screen = ProbeScreen()
            let ending = interface.run(
                Program(
                    receive: { event, now in screen.receive(event, now) }, wake: { _ in nil },
                    view: { screen.view($0, $1) }, cause: { _ in .data }))
            StandardStreams.write(Array("ended: \(ending)\n".utf8))
            exit(screen.status(of: ending))
        } catch {
            StandardStreams.complain("probe: \(error)")
            exit(3)
        }
    }
}

/// Posts messages from a thread of its own.
private final class Feed: Sendable {
    private let inbox: Inbox<Int>
    private let rate: Int

    init(_ inbox: Inbox<Int>, rate: Int) {
        self.inbox = inbox
        self.rate = max(1, rate)
    }

    func start() {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        _ = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context { unsafe Unmanaged<Feed>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
    }

    private func run() {
        var number = 0
        var interest = pollfd(fd: -1, events: 0, revents: 0)
        while true {
            // In a burst where a message a millisecond is not enough.
            _ = unsafe poll(&interest, 0, Int32(max(1, 1000 / rate)))
            for _ in 0..<max(1, rate / 1000) {
                number += 1
                inbox.post(number, orWhenFull: -1)
            }
        }
    }
}
