import Foundation
import Testing

extension EndToEnd {
    /// The room of providers, by keys, against real daemons and a real provider.
    @Suite struct ConsoleProviderTests {
        @Test func aKeyIsAddedUnseenAndAModelAnswersATestCall() async throws {
            let installation = try await PrivateInstallation.faulty()
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until("● live")
            try await terminal.press("6")
            try await terminal.until("[Providers]", "faulty")
            try await terminal.type("/faulty")
            try await terminal.press("Enter", "Enter")
            try await terminal.until("[Health]", "Now")
            try await terminal.press("Tab", "Tab")
            try await terminal.until("[Keys]")
            try await terminal.type("A")
            try await terminal.until("Add a key to faulty", "Weight")
            let name = "story-\(Int.random(in: 1000...9999))"
            try await terminal.type(name)
            try await terminal.press("Tab")
            try await terminal.type(FaultyProvider.key)
            let (form, _) = try await terminal.until(name, String(repeating: "•", count: FaultyProvider.key.count))
            #expect(!form.contains(FaultyProvider.key), "\(form)")
            try await terminal.press("Enter")
            let (keys, _) = try await terminal.until("[Keys]", name, "active")
            #expect(!keys.contains(FaultyProvider.key), "\(keys)")
            try await terminal.type("d")
            try await terminal.until("[Models]", "provider:faulty")
            try await terminal.type("/")
            try await terminal.press("C-u")
            try await terminal.type("~^well$")
            try await terminal.press("Enter")
            try await terminal.until("the filtered list") { $0.contains("~^well$") && !$0.contains("garbage") }
            try await terminal.type("T")
            try await terminal.until("Ask well")
            try await terminal.press("Enter")
            let (answer, _) = try await terminal.until("Facts", "took", within: .seconds(60))
            #expect(answer.contains("Answered"), "\(answer)")
            try await terminal.close()
        }

        @Test func everyListOfTheRoomIsRead() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let terminal = try await ConsoleSteps.start(in: installation)
            try await terminal.until("● live")
            try await terminal.press("6")
            try await terminal.until("[Providers]", "Demonstration")
            for (list, text) in [
                ("Models", "demo/heuristic"), ("Prices", "N new"), ("Budgets", "N adds a budget"),
                ("Spending", "day by day"),
            ] {
                try await terminal.press("Tab")
                let (screen, _) = try await terminal.until("[\(list)]", text)
                #expect(!screen.contains("not read"), "\(screen)")
            }
            try await terminal.close()
        }
    }
}
