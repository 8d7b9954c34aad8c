import CVTerm
import Glibc
import Terminal
import Testing

/// Processes on terminals, one after another: many at once would take the machine from tests that look at the time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessTests {}

/// The probe, or a shell above it, as a process on a pseudo terminal of its own.
final class ProbeProcess {
    let terminal: PseudoTerminal
    let pid: Int32
    private var ending: Int32?

    /// The folder of the test bundle, where the probe was built as well.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        _ = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let own = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let sources = #filePath.split(separator: "/Tests/TerminalTests/", maxSplits: 1)[0]
        let folders = [CommandLine.arguments.first ?? "", own].map { path in
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        }
        let candidates = (folders + ["\(sources)/.build/debug"]).map { "\($0)/terminal-probe" }
        return candidates.first { unsafe access($0, X_OK) == 0 } ?? candidates[0]
    }()

    /// Starts it; variables that are `nil` are not set.
    init(
        _ arguments: [String] = [], program: String = path, size: Size = Size(columns: 80, rows: 24),
        environment: [String: String?] = [:], answersQuestions: Bool = false
    ) throws {
        terminal = try PseudoTerminal(size, answersQuestions: answersQuestions)
        let usual: [String: String?] = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/tmp",
            "SWIFT_BACKTRACE": "enable=no",
        ]
        let variables = usual.merging(environment) { $1 }.compactMap { name, value in value.map { "\(name)=\($0)" } }
        let lists = unsafe [[program] + arguments, variables].map { list in
            unsafe list.map { unsafe UnsafePointer(strdup($0)) } + [nil]
        }
        pid = unsafe cvt_spawn(terminal.path, lists[0], lists[1])
        unsafe lists.joined().forEach { text in unsafe free(UnsafeMutableRawPointer(mutating: text)) }
        try #require(pid > 0)
    }

    deinit {
        terminal.hangUp()
        guard ending == nil else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        _ = unsafe waitpid(pid, &status, 0)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Whether it has ended.
    private var isOver: Bool {
        var status: Int32 = 0
        guard ending == nil, unsafe waitpid(pid, &status, WNOHANG) == pid else { return ending != nil }
        let signal = status & 0x7F
        ending = signal == 0 ? (status >> 8) & 0xFF : -signal
        return true
    }

    /// Waits for its end: the exit status, or the signal that ended it as a negative number; `nil` when it goes on.
    func end(within limit: Duration = .seconds(10)) -> Int32? {
        let deadline = ContinuousClock.now + limit
        while !isOver, ContinuousClock.now < deadline {
            terminal.pump()
            var interest = pollfd(fd: -1, events: 0, revents: 0)
            _ = unsafe poll(&interest, 0, 5)
        }
        terminal.pump()
        return ending
    }

    /// Whether the terminal is as a shell needs it, and nothing that the program turned on is left on.
    func expectRestored(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(terminal.isCooked, comment, sourceLocation: sourceLocation)
        expectScreenRestored(comment, sourceLocation: sourceLocation)
    }

    /// Whether the screen is the shell's, and nothing that the program turned on is left on.
    func expectScreenRestored(
        _ comment: Comment, modes: [Int] = [2004, 1004, 1000], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(!terminal.emulator.isAlternate, comment, sourceLocation: sourceLocation)
        #expect(!terminal.emulator.isMouseTold, comment, sourceLocation: sourceLocation)
        #expect(terminal.emulator.isCursorShown, comment, sourceLocation: sourceLocation)
        for mode in modes {
            let (on, off) = (lastPlace(of: "\u{1B}[?\(mode)h"), lastPlace(of: "\u{1B}[?\(mode)l"))
            #expect(on < 0 || off > on, "\(comment): mode \(mode) is left on", sourceLocation: sourceLocation)
        }
    }

    private func lastPlace(of text: String) -> Int {
        let (bytes, wanted) = (terminal.bytes, Array(text.utf8))
        return (0..<max(0, bytes.count - wanted.count + 1)).last { bytes[$0...].starts(with: wanted) } ?? -1
    }

    /// The codes of colours that were sent.
    var coloursSent: [String] {
        let text = String(decoding: terminal.bytes, as: UTF8.self)
        return text.split(separator: "\u{1B}[").dropFirst().compactMap { piece -> String? in
            let codes = piece.prefix { ($0 >= "0" && $0 <= "9") || $0 == ";" || $0 == ":" }
            guard piece.dropFirst(codes.count).first == "m" else { return nil }
            let numbers = codes.split(separator: ";").compactMap { Int($0) }
            return numbers.contains { (30...49).contains($0) || (90...107).contains($0) } ? String(codes) : nil
        }
    }
}
