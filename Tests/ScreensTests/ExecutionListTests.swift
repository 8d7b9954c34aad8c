import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct ExecutionListTests {
    @Test func aNewRowIsThereWithItsEventAndOnlyOnce() {
        var story = Story.live()
        story.arrive(Samples.row(-1))
        story.arrive(Samples.row(-1))
        #expect(story.effects.isEmpty)
        #expect(story.list.rows.count == 61)
        #expect(story.list.rows[0].id == Samples.row(-1).id)
        #expect(story.list.selected?.id == Samples.row(-1).id)
    }

    @Test func theSelectedRowStaysUnderTheCursorAndOnItsLine() {
        var story = Story.on(3)
        let selected = story.list.selected?.id
        let before = story.picture(Size(columns: 80, rows: 24)).text[2..<15]
        for number in 1...40 { story.arrive(Samples.row(-number)) }
        #expect(story.list.unseen == 40)
        // They wait while the cursor was just moved, and come in above what is seen.
        story.pass(.seconds(4))
        #expect(story.list.rows.count == 100)
        #expect(story.list.selected?.id == selected)
        #expect(story.picture(Size(columns: 80, rows: 24)).text[2..<15] == before)
        #expect(story.list.unseen == 40)
        story.press(.character("g"), .character("g"))
        #expect(story.list.isFollowing)
        #expect(story.list.unseen == 0)
        #expect(story.list.selected?.id == Samples.row(-40).id)
    }

    @Test func olderPagesAreReadWhenTheCursorComesNear() throws {
        var story = Story.live()
        story.press(.character("G"))
        #expect(story.listAsk?.request.parameters.contains(.init("cursor", "older")) == true)
        story.press(.character("k"))
        #expect(story.asked.count { $0.request.path == OperatorExecutionPage.path } == 1)
        story.answerList(Samples.page(60..<100, next: nil))
        #expect(story.list.rows.count == 100)
        #expect(story.list.pages.rest == .end)
        story.press(.character("G"))
        #expect(story.list.selected?.id == Samples.row(99).id)
    }

    @Test func aGapReadsTheListAnewAndLeavesNoHole() {
        var story = Story.live()
        story.send(.message(.event(id: "90-0", .gap)))
        // So much happened that the new page does not reach down to what is held.
        story.answerList(Samples.page(-500 ..< -400, next: "between"))
        #expect(story.list.rows.count == 100)
        #expect(story.list.pages.rest == .from(cursor: "between"))
        story.send(.message(.event(id: "91-0", .gap)))
        // This one does: what is older stays.
        story.answerList(Samples.page(-520 ..< -420, next: "x"))
        #expect(story.list.rows.count == 120)
        #expect(story.list.pages.rest == .from(cursor: "between"))
    }

    @Test func aFilterAsksTheServerAndChoosesLiveRows() throws {
        var story = Story.live()
        story.filter("failed")
        #expect(story.listAsk?.request.parameters.contains(.init("outcome", "failed")) == true)
        #expect(story.list.rows.count == (0..<60).filter { Samples.row($0).failure != nil }.count)
        story.answerList(Samples.page(5..<6, next: nil))
        let count = story.list.rows.count
        story.arrive(Samples.row(-1))
        #expect(story.list.rows.count == count)
        story.arrive(Samples.row(-5))
        #expect(story.list.rows.count == count + 1)
    }

    @Test func answersToAnEarlierFilterAreDropped() throws {
        var story = Story()
        story.signIn()
        let first = try #require(story.listAsk)
        story.filter("judge:x")
        story.send(.message(.reply(ServerAnswer(ticket: first.ticket, result: .success(Samples.page(0..<20))))))
        #expect(story.list.rows.isEmpty)
    }

    @Test func aPageThatFailsIsReadAgainByItself() throws {
        var story = Story()
        story.signIn()
        story.failPage(unreachable)
        #expect(story.listAsk?.delay == .milliseconds(250))
        story.failPage(ServerFailure(.forbidden, "Your role may not list executions."))
        #expect(story.effects.isEmpty)
    }

    @Test func noMoreThanTheLimitIsHeld() {
        var story = Story.live()
        for number in 1...ExecutionList.limit + 440 { story.arrive(Samples.row(-number)) }
        #expect(story.list.rows.count == ExecutionList.limit)
        #expect(story.list.pages.rest == .released)
        #expect(story.shows("10,000+ held"))
    }

    @Test func whatTheRowsAddUpToFollowsEveryChange() {
        var story = Story.live()
        func check(_ list: ExecutionList) {
            var sum = ExecutionSummary()
            for row in list.rows.inOrder { sum.add(row) }
            #expect(list.rows.summary == sum)
        }
        check(story.list)
        story.arrive(Samples.row(-1))
        story.press(.character("G"))
        story.answerList(Samples.page(60..<100, next: nil))
        check(story.list)
        story.filter("failed")
        check(story.list)
        #expect(story.list.rows.summary.failedShare == 1)
    }
}

/// Rows keep their places while someone is at them.
struct ExecutionStillnessTests {
    @Test func markedRowsKeepTheirOrderUntilTheMarksAreTaken() {
        var story = Story.live()
        story.press(.character(" "), .character(" "))
        story.pass(.seconds(60))
        for number in 1...5 { story.arrive(Samples.row(-number)) }
        #expect(story.list.rows.count == 60)
        #expect(story.list.unseen == 5)
        #expect(story.shows("5 new (_)"))
        #expect(story.list.targets.map(\.id) == [Samples.row(0).id, Samples.row(1).id])
        story.press(.character("_"))
        story.pass(.seconds(4))
        #expect(story.list.rows.count == 65)
    }

    @Test func whoHasJustMovedOpensWhatTheySaw() {
        var story = Story.on(1)
        story.press(.character("k"))
        #expect(story.list.isFollowing)
        story.arrive(Samples.row(-1))
        story.press(Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(0).id)
    }

    @Test func theListGoesOnByItselfThreeSecondsLater() throws {
        var story = Story.on(1)
        story.press(.character("k"))
        let moved = story.now
        story.pass(.seconds(1))
        story.arrive(Samples.row(-1))
        #expect(story.list.selected?.id == Samples.row(0).id)
        #expect(try #require(story.model.wake) <= moved + ExecutionList.settling)
        story.pass(.seconds(2))
        #expect(story.list.selected?.id == Samples.row(-1).id)
    }

    @Test func aHeldListWaitsForItsKey() {
        var story = Story.live()
        story.press(.character("F"))
        story.arrive(Samples.row(-1))
        story.pass(.seconds(600))
        #expect(story.list.rows.count == 60)
        #expect(story.shows("held still"))
        story.press(.character("F"))
        #expect(story.list.rows.count == 61)
    }

    @Test func aFloodBehindMarksIsReadAnewInsteadOfKept() {
        var story = Story.live()
        story.press(.character(" "))
        for number in 1...2500 { story.arrive(Samples.row(-number)) }
        #expect(story.list.unseen == 2500)
        story.press(.character("_"))
        story.pass(.seconds(4))
        #expect(story.list.rows.count == 60)
        #expect(story.listAsk != nil)
        story.answerList(Samples.page(-2500 ..< -2400, next: "n"))
        #expect(story.list.rows.count == 100)
        #expect(story.list.pages.rest == .from(cursor: "n"))
    }

    @Test func whatIsNotHeldAnyMoreIsNotMarked() {
        var story = Story.live()
        story.press(.character("*"))
        #expect(story.list.marks.count == 60)
        story.send(.message(.event(id: "90-0", .gap)))
        story.answerList(Samples.page(-500 ..< -400, next: "between"))
        #expect(story.list.marks.isEmpty)
    }

    @Test func marksGoByRangeInversionAndAll() {
        var story = Story.live()
        story.press(.character(" "), .character("j"), .character("j"), .character("v"))
        #expect(story.list.targets.map(\.id) == (0...3).map { Samples.row($0).id })
        story.press(.control("t"))
        #expect(story.list.marks.count == 56)
        story.press(Key(.escape))
        #expect(story.list.marks.isEmpty)
    }
}

/// Orders that the server offers.
struct ExecutionOrderTests {
    @Test func aColumnAsksForItsOrder() {
        var story = Story.live()
        story.press(.character(">"))
        #expect(story.listAsk?.request.parameters.contains(.init("order", "highest_score")) == true)
        story.press(.character("o"), .character("2"))
        #expect(story.listAsk?.request.parameters.contains(.init("order", "lowest_score")) == true)
        #expect(story.list.rows.isEmpty)
    }

    @Test func aRankingStaysAsItWasMadeAndCountsWhatCame() {
        var story = Story.live()
        story.press(.character("o"), .character("4"))
        story.answerList(
            OperatorExecutionPage(
                results: [Samples.row(7), Samples.row(3), Samples.row(5)], next: nil, eventsThrough: nil,
                ranking: .init(count: 1000, from: Samples.now, isCut: true)))
        #expect(story.list.rows.inOrder.map(\.id) == [7, 3, 5].map { Samples.row($0).id })
        story.press(.character("j"))
        story.arrive(Samples.row(-1))
        story.pass(.seconds(60))
        #expect(story.list.rows.count == 3)
        #expect(story.list.selected?.id == Samples.row(3).id)
        #expect(story.shows("among the newest 1,000, 1 newer (r)"))
    }

    @Test func theOldestFirstGoesOnTowardsTheNewest() {
        var story = Story.live()
        story.press(.character("o"), .character("1"))
        #expect(story.listAsk?.request.parameters.contains(.init("order", "oldest")) == true)
        story.answerList(
            OperatorExecutionPage(
                results: (40..<60).reversed().map { Samples.row($0) }, next: "newer", eventsThrough: nil))
        #expect(story.list.rows[0].id == Samples.row(59).id)
        story.arrive(Samples.row(-1))
        #expect(story.list.rows.count == 20)
        story.press(.character("G"))
        story.answerList(
            OperatorExecutionPage(
                results: (0..<40).reversed().map { Samples.row($0) }, next: nil, eventsThrough: nil))
        #expect(story.list.rows.count == 60)
        #expect(story.list.rows[59].id == Samples.row(0).id)
        story.arrive(Samples.row(-2))
        #expect(story.list.rows[60].id == Samples.row(-2).id)
    }
}

/// Searching among very many.
struct ExecutionSearchTests {
    private func empty(_ next: String?) -> OperatorExecutionPage {
        OperatorExecutionPage(results: [], next: next, eventsThrough: nil, searchedThrough: Samples.now)
    }

    @Test func aSearchThatFindsLittleGoesOnByItselfForAWhile() {
        var story = Story.live()
        story.filter("failed tag:rare")
        story.answerList(empty("c0"))
        var pages = 0
        while story.listAsk != nil, pages < 100 {
            pages += 1
            story.answerList(empty("c\(pages)"))
        }
        #expect(pages == 20)
        #expect(story.shows("searched back to 11-24 12:04:30"))
        story.press(.character("G"))
        #expect(story.listAsk?.request.parameters.contains(.init("cursor", "c20")) == true)
        story.answerList(Samples.page(5..<6, next: nil))
        #expect(story.list.rows.count == 1)
        #expect(story.list.pages.rest == .end)
    }

    @Test func whatCouldNotBeReadIsTriedByTheNextKey() {
        var story = Story.live()
        story.press(.character("G"))
        story.failList(unreachable)
        #expect(story.listAsk == nil)
        #expect(story.shows("More executions could not be read"))
        story.press(.character("G"))
        #expect(story.listAsk != nil)
    }
}
