import Terminal
import Testing

extension ProcessWideTests {
    /// A program on a pseudo terminal: the far end is read and typed at whenever the program is asked when to wake.
    @Suite(.serialized) struct UserInterfaceTests {
        /// What is typed once something is on the screen.
        private struct Step {
            let once: String
            let type: String
        }

        /// A program that shows the keys it got, and the messages.
        private final class Echo {
            let terminal: PseudoTerminal
            var steps: [Step]
            var lines: [String] = ["ready"]
            var drawn = 0
            let deadline = ContinuousClock.now + .seconds(10)

            init(_ terminal: PseudoTerminal, _ steps: [Step]) {
                self.terminal = terminal
                self.steps = steps
            }

            func receive(_ event: Event<String>) -> [Request] {
                switch event {
                case .input(.key(.character("q"))): return [.quit(7)]
                case .input(.key(let key)): lines.append("key \(key.code)")
                case .input(.paste(let text)): lines.append("paste \(text)")
                case .message(let text): lines.append("message \(text)")
                case .resized(let size): lines.append("\(size.columns)x\(size.rows)")
                case .input, .tick, .resumed, .cannotSuspend, .copied, .edited, .report: break
                }
                return []
            }

            /// Called on every turn of the interface: moves the far end on.
            func wake(_ now: Duration) -> Duration? {
                terminal.pump()
                if ContinuousClock.now > deadline { terminal.hangUp() }
                if let step = steps.first, terminal.emulator.text.contains(where: { $0.contains(step.once) }) {
                    steps.removeFirst()
                    if step.type == "hang up" { terminal.hangUp() } else { terminal.type(step.type) }
                }
                return now + .milliseconds(5)
            }

            func view(_ size: Size, _ capabilities: Capabilities) -> Frame {
                drawn += 1
                var frame = Frame(size: size, charset: capabilities.charset)
                for (row, line) in lines.enumerated() { frame.put(line, row, 0) }
                return frame
            }
        }

        private func run(_ terminal: PseudoTerminal, _ echo: Echo, _ inbox: Inbox<String> = Inbox(limit: 2)) throws
            -> UserInterface<String>.Ending
        {
            let environment = TerminalEnvironment(type: "xterm-256color", wantsColour: true, charset: .unicode)
            let interface = try UserInterface(
                environment: environment, signals: TerminalSignals(), inbox: inbox, logPath: nil, path: terminal.path)
            #expect(!terminal.isCooked)
            return interface.run(
                Program(
                    receive: { event, _ in echo.receive(event) }, wake: echo.wake, view: { echo.view($0, $1) },
                    cause: { _ in .data }))
        }

        @Test func keysReachTheProgramAndItsPictureTheScreen() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 10))
            let echo = Echo(
                terminal,
                [
                    Step(once: "40x10", type: "\u{1B}[A"), Step(once: "key up", type: "\u{1B}"),
                    Step(once: "key escape", type: "\u{1B}[200~q\u{1B}[201~"), Step(once: "paste q", type: "q"),
                ])
            #expect(try run(terminal, echo) == .quit(7))
            #expect(echo.steps.isEmpty)
            #expect(echo.lines == ["ready", "40x10", "key up", "key escape", "paste q"])
            terminal.pump()
            #expect(!terminal.emulator.isAlternate)
            #expect(terminal.isCooked)
            #expect(terminal.bytes.suffix(8) == Array("\u{1B}[?2004l".utf8)[...])
        }

        @Test func messagesWakeTheScreenAndAFloodLosesNothingUnseen() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 10))
            let inbox = Inbox<String>(limit: 2)
            for number in 1...5 { inbox.post("\(number)", orWhenFull: "lost") }
            inbox.post("last")
            let echo = Echo(terminal, [Step(once: "message last", type: "q")])
            #expect(try run(terminal, echo, inbox) == .quit(7))
            #expect(echo.lines.suffix(4) == ["message 1", "message 2", "message lost", "message last"])
        }

        @Test func aTerminalThatGoesAwayEndsTheProgram() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 10))
            let echo = Echo(terminal, [Step(once: "40x10", type: "hang up")])
            #expect(try run(terminal, echo) == .lost)
        }

        @Test func changesThatAreCloseShareAPicture() throws {
            let terminal = try PseudoTerminal(Size(columns: 40, rows: 10))
            let echo = Echo(terminal, [Step(once: "40x10", type: "abcdefgh"), Step(once: "(\"h\")", type: "q")])
            #expect(try run(terminal, echo) == .quit(7))
            #expect(echo.drawn <= 4)
        }

        @Test func aPathThatIsNoTerminalIsRefused() {
            let environment = TerminalEnvironment(type: "xterm", wantsColour: true, charset: .unicode)
            #expect(throws: TerminalError.self) {
                try UserInterface<String>(
                    environment: environment, signals: TerminalSignals(), inbox: Inbox(limit: 1), logPath: nil,
                    path: "/dev/null")
            }
        }
    }
}
