import Foundation
import JSON
import Testing

extension EndToEnd {
    /// Ways through several rooms, by keys, against a real server.
    @Suite struct ConsoleStoryTests {
        @Test func anEvaluatorIsTriedOnTypedInput() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until("● live")
            try await terminal.press("3")
            try await terminal.until("Evaluators", "Helpfulness")
            try await terminal.type("/Helpfulness")
            try await terminal.press("Enter")
            try await terminal.until("the filtered list") { $0.contains("/Helpfulness") && !$0.contains("Clarity") }
            try await terminal.type("T")
            try await terminal.until("[Try]", "request", "response")
            try await terminal.type("How do I reset my password?")
            try await terminal.press("Tab")
            try await terminal.type("Open Settings, then Security.")
            try await terminal.press("Enter")
            let (screen, _) = try await terminal.until("Demonstration (demo/heuristic)")
            #expect(screen.contains("How do I reset my password?"), "the question stays beside its answer: \(screen)")
            try await terminal.close()
        }

        @Test func aTagIsPutOnAnExecutionAndTakenBack() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until(name)
            try await terminal.press("Enter")
            try await terminal.until("Executions › \(name)", "Justification")
            try await terminal.type("T")
            try await terminal.until("Enter take it")
            try await terminal.type("seen-by-story")
            try await terminal.press("Enter")
            try await terminal.until("seen-by-story", "z:")
            try await terminal.type("z")
            let (screen, _) = try await terminal.until("the tag has gone") { !$0.contains("seen-by-story") }
            #expect(screen.contains(name), "\(screen)")
            try await terminal.close()
        }

        @Test func theDashboardCountsWhatHappens() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until("● live")
            try await terminal.press("1")
            try await terminal.until("Failures by reason", "Health", "apid")
            _ = try await ConsoleSteps.execute(in: installation)
            try await terminal.type("e")
            let (screen, _) = try await terminal.until("What", "Window", "Source", "Fresh")
            #expect(screen.contains("The last hour"), "\(screen)")
            try await terminal.close()
        }

        @Test func aThemeIsKeptForTheNextStart() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until("● live")
            try await terminal.press("F2")
            try await terminal.until("Theme", "colour-blind")
            try await terminal.type("3")
            try await terminal.press("0")
            try await terminal.until("theme colour-blind")
            let kept = try String(
                contentsOfFile: "\(terminal.home)/.local/state/scorable-console/preferences.json", encoding: .utf8)
            #expect(kept.contains("colour-blind"))
            try await terminal.close()
        }
    }
}
