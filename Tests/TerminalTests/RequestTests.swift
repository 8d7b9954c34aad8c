import CVTerm
import Terminal
import Testing

extension ProcessWideTests {
    /// What a program asks of the terminal, and what comes of it.
    @Suite(.serialized) struct RequestTests {
        /// A program that asks for things one after another, each when the one before has been shown.
        private final class Script {
            let terminal: PseudoTerminal
            private var requests: [[Request]]
            private(set) var outcomes: [Clipboard.Outcome] = []
            private(set) var reports: [TerminalReport] = []
            private(set) var inputs: [Input] = []
            private(set) var capabilities: [Capabilities] = []
            private var step = 0
            private let deadline = ContinuousClock.now + .seconds(10)
            /// Called when a step is on the screen.
            var isOnScreen: (Int) -> Void = { _ in }

            init(_ terminal: PseudoTerminal, _ requests: [[Request]]) {
                self.terminal = terminal
                self.requests = requests
            }

            func receive(_ event: Event<Int>) -> [Request] {
                switch event {
                case .copied(let outcome): outcomes.append(outcome)
                case .report(let report): reports.append(report)
                case .input(let input): inputs.append(input)
                case .tick:
                    guard terminal.emulator.text[0].hasPrefix("step \(step)") else { return [] }
                    isOnScreen(step)
                    step += 1
                    return requests.isEmpty ? [.quit(0)] : requests.removeFirst()
                case .message, .resized, .resumed, .cannotSuspend, .edited: break
                }
                return []
            }

            func wake(_ now: Duration) -> Duration? {
                terminal.pump()
                if ContinuousClock.now > deadline { terminal.hangUp() }
                return now
            }

            func view(_ size: Size, _ capabilities: Capabilities) -> Frame {
                if self.capabilities.last != capabilities { self.capabilities.append(capabilities) }
                var frame = Frame(size: size, charset: capabilities.charset)
                frame.put("step \(step)", 0, 0, Style(.bad))
                return frame
            }
        }

        private func run(
            _ script: Script, type: String = "xterm-256color", variables: [String: String] = [:]
        ) throws -> UserInterface<Int>.Ending {
            let variables = ["TERM": type, "LANG": "C.UTF-8"].merging(variables) { $1 }
            let interface = try UserInterface<Int>(
                environment: TerminalEnvironment(variables: { variables[$0] }), signals: TerminalSignals(),
                inbox: Inbox(limit: 1), logPath: nil, path: script.terminal.path)
            let ending = interface.run(
                Program(
                    receive: { event, _ in script.receive(event) }, wake: script.wake, view: script.view,
                    cause: { _ in .data }))
            script.terminal.pump()
            return ending
        }

        private func shown(_ terminal: PseudoTerminal) -> String { String(decoding: terminal.bytes, as: UTF8.self) }

        @Test func theClipboardGetsTheTextInBase64() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6))
            let script = Script(
                terminal, [[.copy("h")], [.copy("hi")], [.copy("hï!")], [.copy(String(repeating: "x", count: 74_001))]])
            #expect(try run(script) == .quit(0))
            #expect(shown(terminal).contains("\u{1B}]52;c;aA==\u{07}"))
            #expect(shown(terminal).contains("\u{1B}]52;c;aGk=\u{07}"))
            #expect(shown(terminal).contains("\u{1B}]52;c;aMOvIQ==\u{07}"))
            #expect(
                script.outcomes == [.sent(bytes: 1), .sent(bytes: 2), .sent(bytes: 4), .tooLong(bytes: 74_001)])
        }

        @Test func theClipboardIsReachedThroughMultiplexers() throws {
            let tmux = try PseudoTerminal(Size(columns: 40, rows: 6))
            #expect(try run(Script(tmux, [[.copy("hi")]]), variables: ["TMUX": "/tmp/tmux-0/default,1,0"]) == .quit(0))
            #expect(
                shown(tmux).contains("\u{1B}]52;c;aGk=\u{07}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;aGk=\u{07}\u{1B}\\"))
            let screen = try PseudoTerminal(Size(columns: 40, rows: 6))
            let text = String(repeating: "text ", count: 100)
            #expect(try run(Script(screen, [[.copy(text)]]), type: "screen") == .quit(0))
            let pieces = shown(screen).split(separator: "\u{1B}P").dropFirst().map { piece in
                piece.split(separator: "\u{1B}\\", maxSplits: 1)[0]
            }
            #expect(pieces.count >= 3 && pieces.allSatisfy { $0.utf8.count <= 240 })
            #expect(pieces.joined().hasPrefix("\u{1B}]52;c;dGV4dCB0") && pieces.joined().hasSuffix("\u{07}"))
        }

        @Test func theMouseIsToldOnlyWhenWanted() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6))
            let script = Script(terminal, [[.mouse(true)], [], [.mouse(true), .mouse(false)], [.mouse(true)]])
            var isTold: [Bool] = []
            script.isOnScreen = { step in
                isTold.append(terminal.emulator.isMouseTold)
                if step == 1 { terminal.type("\u{1B}[<64;3;2M\u{1B}[<0;5;1M") }
            }
            #expect(try run(script) == .quit(0))
            #expect(isTold == [false, true, true, false, true])
            #expect(!terminal.emulator.isMouseTold, "it is left off at the end")
            #expect(
                script.inputs == [
                    .mouse(Input.Mouse(action: .wheelUp, row: 1, column: 2)),
                    .mouse(Input.Mouse(action: .press, row: 0, column: 4)),
                ])
            #expect(script.capabilities.contains { $0.isMouseOn })
        }

        @Test func aThemeChangesWhileTheProgramRuns() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6))
            let script = Script(terminal, [[.theme(.light)], [.theme(.mono)]])
            var inks: [Int32] = []
            script.isOnScreen = { _ in inks.append(terminal.emulator.cell(0, 0).ink) }
            #expect(try run(script) == .quit(0))
            #expect(inks.count == 3 && Set(inks).count == 3 && inks.last == -1)
            #expect(script.capabilities.map(\.theme).contains(.light))
        }

        @Test func theTitleCannotEndItsSequenceAndComesBack() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6))
            #expect(try run(Script(terminal, [[.title("a\u{1B}\\\u{07}b"), .bell], [.title("later")]])) == .quit(0))
            let text = shown(terminal)
            #expect(text.contains("\u{1B}[22;2t\u{1B}]2;a\u{FFFD}\\\u{FFFD}b\u{1B}\\\u{07}"))
            #expect(text.contains("\u{1B}]2;later\u{1B}\\") && text.contains("\u{1B}[23;2t"))
            let console = try PseudoTerminal(Size(columns: 40, rows: 6))
            #expect(try run(Script(console, [[.title("no")]]), type: "linux") == .quit(0))
            #expect(!shown(console).contains("]2;"))
        }

        @Test func theReportTellsWhatTheTerminalAnswered() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6), answersQuestions: true)
            let script = Script(terminal, [[], [.report], [.report]])
            #expect(try run(script, variables: ["SSH_TTY": "/dev/pts/0", "COLORTERM": "truecolor"]) == .quit(0))
            let report = try #require(script.reports.first)
            #expect(report.type == "xterm-256color" && report.entry == "xterm-256color")
            #expect(report.name == "kitty(0.32.2)" && report.links == .known(true) && report.clipboard == .known(true))
            #expect(report.synchronisedOutput == .answered(true) && report.focusReports == .answered(false))
            #expect(report.page == RGB(0xFFFFF0))
            #expect(report.colours == .direct && report.colourReason == .claimed)
            #expect(report.isRemote && report.multiplexer == nil)
            #expect(report.size == Size(columns: 40, rows: 6) && report.roundTrip != nil)
            #expect(report.total.frames >= 1 && report.total.bytes > 100 && report.residentBytes > 1 << 20)
            #expect(report.total.bytes <= terminal.bytes.count)
            #expect(script.capabilities.last?.showsLinks == true)
            #expect(script.inputs.contains(.report(.page(RGB(0xFFFFF0)))))
        }

        @Test func theReportSaysWhatIsOnlyAssumed() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 6))
            let script = Script(terminal, [[], [.report]])
            #expect(
                try run(
                    script, type: "xterm-ghostty", variables: ["NO_COLOR": "1", "STY": "1.x", "COLORTERM": "24bit"])
                    == .quit(0))
            let report = try #require(script.reports.first)
            #expect(report.type == "xterm-ghostty" && report.entry == "xterm-256color", "its own entry is missing here")
            #expect(report.colours == .none && report.colourReason == .unwanted)
            #expect(report.bracketedPaste == .assumed(true) && report.synchronisedOutput == .assumed(false))
            #expect(report.multiplexer == .screen && report.links == .known(false) && report.name == nil)
        }
    }
}
