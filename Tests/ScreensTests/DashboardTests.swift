import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct DashboardTests {
    private func story(
        _ size: Size = Size(columns: 120, rows: 40), charset: Charset = .unicode,
        _ board: OperatorDashboard = Samples.dashboard()
    ) -> Story {
        var story = Story.entering(.dashboard, size, charset: charset)
        story.answer(OperatorDashboard.path, board)
        return story
    }

    @Test func pictures() throws {
        try Golden.check("dashboard") { story($0) }
        try Golden.check("dashboard-ascii", charset: .ascii) { story($0, charset: .ascii) }
        try Golden.check("dashboard-quiet") { story($0, Samples.dashboard(isQuiet: true, queues: false)) }
        try Golden.check("dashboard-counting") { Story.entering(.dashboard, $0) }
        try Golden.check("dashboard-failing") { size in
            var story = Story.entering(.dashboard, size)
            story.fail(OperatorDashboard.path)
            story.pass(.seconds(9))
            return story
        }
        try Golden.check("dashboard-old") { size in
            var story = story(size)
            story.pass(.seconds(10))
            story.fail(OperatorDashboard.path)
            story.pass(.seconds(40))
            return story
        }
        try Golden.check("dashboard-explained") { size in
            var story = story(size)
            story.press(.character("e"))
            return story
        }
        try Golden.check("dashboard-failure-explained") { size in
            var story = story(size)
            for _ in 0..<4 { story.press(Key(.tab)) }
            story.press(.character("j"), .character("e"))
            return story
        }
    }

    @Test func everyPanelExplainsItself() {
        var story = story()
        for _ in DashboardPanel.allCases {
            story.press(.character("e"))
            #expect(story.shows("What"), "\(story.picture().text)")
            story.press(Key(.escape), Key(.tab))
        }
    }

    @Test func aReasonLeadsToItsExecutions() {
        var story = story()
        for _ in 0..<4 { story.press(Key(.tab)) }
        story.press(.character("j"), Key(.enter))
        #expect(story.model.room == .executions)
        #expect(story.list.filterText.contains("failed"))
        story.press(Key(.escape), Key(.escape))
        #expect(story.model.room == .dashboard)
    }

    @Test func anotherWindowIsAskedFor() {
        var story = story()
        story.press(.character("t"), .character("5"))
        #expect(story.ask(OperatorDashboard.path)?.request.parameters.contains(.init("window", "7d")) == true)
    }

    @Test func itIsCountedAnewSoonWhileSomethingHappensAndSeldomElse() {
        var story = story()
        story.pass(.seconds(3))
        #expect(story.ask(OperatorDashboard.path) == nil)
        story.arrive(Samples.row(-1))
        story.pass(.milliseconds(10))
        #expect(story.ask(OperatorDashboard.path) != nil)
        story.answer(OperatorDashboard.path, Samples.dashboard())
        story.pass(.seconds(9))
        #expect(story.ask(OperatorDashboard.path) == nil)
        story.pass(.seconds(2))
        #expect(story.ask(OperatorDashboard.path) != nil)
    }

    @Test func itIsNotReadWhileItIsNotSeen() {
        var story = story()
        story.press(.character("2"))
        story.arrive(Samples.row(-1))
        story.pass(.seconds(60))
        #expect(story.ask(OperatorDashboard.path) == nil)
    }
}
