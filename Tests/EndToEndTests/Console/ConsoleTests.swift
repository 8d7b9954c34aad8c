import Foundation
import JSON
import Testing

extension EndToEnd {
    /// The console in a terminal of 80×24, as an operator uses it.
    @Suite struct ConsoleTests {
        @Test func anOperatorSignsInByTypingAndSeesAnExecutionArrive() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await TerminalSession(in: installation.place)
            try await terminal.type(
                "\(BuiltFiles.program("scorable-console")) --server \(ConsoleSteps.server(installation))")
            try await terminal.press("Enter")
            try await terminal.until("the operator's console", "email", "password")
            try await terminal.type("admin@localhost")
            try await terminal.press("Enter")
            try await terminal.type(installation.password)
            #expect(try await !terminal.screen().contains(installation.password), "a password is not shown")
            try await terminal.press("Enter")
            try await terminal.until("Executions", "● live")

            let name = try await ConsoleSteps.execute(in: installation)
            let (_, delay) = try await terminal.until(name)
            print("an execution was on the screen \(delay) after it was acknowledged")
            #expect(delay < patience(.seconds(1)))
            try await terminal.close()
        }

        @Test func aWrongPasswordIsToldAndAnotherTryIsOpen() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation, password: "not the password")
            try await terminal.until("Email or password is wrong.")
            // The cursor is where the password is corrected.
            for _ in 0..<"not the password".count { try await terminal.press("BSpace") }
            try await terminal.type(installation.password)
            try await terminal.press("Enter")
            let (screen, _) = try await terminal.until("Executions", "● live")
            #expect(!screen.contains("Email or password is wrong."))
            try await terminal.close()
        }

        @Test func aFilterChoosesAlsoAmongWhatArrives() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let (wanted, other) = (
                try await ConsoleSteps.execute(in: installation), try await ConsoleSteps.execute(in: installation)
            )
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until(wanted, other)
            try await terminal.type("/")
            try await terminal.type(wanted)
            try await terminal.press("Enter")
            try await terminal.until("the filtered list") {
                $0.contains("/\(wanted)") && ConsoleSteps.rows($0).count == 1
                    && ConsoleSteps.rows($0)[0].contains(wanted)
            }
            _ = try await ConsoleSteps.execute(in: installation)
            try await ConsoleSteps.execute(named: wanted, in: installation)
            let (screen, _) = try await terminal.until("the second one") { ConsoleSteps.rows($0).count == 2 }
            #expect(ConsoleSteps.rows(screen).allSatisfy { $0.contains(wanted) }, "\(screen)")
            try await terminal.press("a")
            try await terminal.until(wanted, other)
            try await terminal.close()
        }

        @Test func anExecutionOpensInFullAndTheListComesBack() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until(name)
            try await terminal.press("Enter")
            let (detail, _) = try await terminal.until(
                "Executions › \(name)", "Justification", "Demonstration (demo/heuristic)")
            #expect(detail.contains("How?"), "the request is there: \(detail)")
            try await terminal.press("Escape")
            try await terminal.until("newest first", name)
            try await terminal.close()
        }

        @Test func theScreenFollowsTheSizeOfTheTerminal() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until(name)
            try await terminal.resize(columns: 132, rows: 40)
            try await terminal.until("a wide first row") { screen in
                screen.split(separator: "\n")[0].count > 100 && screen.contains(name)
            }
            try await terminal.resize(columns: 40, rows: 8)
            let (small, _) = try await terminal.until("a narrow screen") { screen in
                screen.split(separator: "\n").allSatisfy { $0.count <= 40 } && screen.contains("● live")
            }
            #expect(small.contains("quit") || small.contains("help"), "the last row still names keys: \(small)")
            try await terminal.close()
        }

        @Test func leavingGivesTheTerminalBackAsItWas() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(
                in: installation, before: "echo what was there; stty -a > $HOME/before")
            try await terminal.until("● live")
            try await terminal.press("q")
            try await terminal.until("what was there", TerminalSession.prompt)
            try await terminal.type(
                "echo left with $?; stty -a > $HOME/after; cmp $HOME/before $HOME/after && echo same")
            try await terminal.press("Enter")
            let (screen, _) = try await terminal.until("same")
            #expect(screen.contains("left with 0"), "\(screen)")
            #expect(!screen.contains("● live"), "\(screen)")
            try await terminal.close()
        }
    }
}
