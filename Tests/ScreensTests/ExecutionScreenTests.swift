import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct ExecutionScreenTests {
    private let path = "\(OperatorExecutionPage.path)/"

    @Test func longTextIsFoldedUntilItIsAskedFor() {
        var story = Story.live()
        story.press(Key(.enter))
        story.answerDetail(Samples.detail(Samples.row(0), longPrompt: 5000))
        story.press(.character("G"))
        #expect(story.shows("4,940 more lines"))
        story.press(.character("f"), .character("G"))
        #expect(story.shows("Line 5000 of the prompt"))
    }

    @Test func anAnswerForAnotherExecutionChangesNothing() {
        var story = Story.live()
        story.press(Key(.enter))
        story.send(.message(.reply(ServerAnswer(ticket: 77, result: .success(Samples.detail(Samples.row(9)))))))
        #expect(story.shows("Reading the execution"))
    }

    @Test func tabGoesToTheEvaluatorsAndEnterOpensOne() {
        var story = Story.open(Samples.full(Samples.row(3), evaluators: 4))
        story.press(Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(0).id)
        story.press(Key(.tab), Key(.tab), Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(501))
        #expect(story.ask("\(path)\(Samples.uuid(501).uuidString.lowercased())") != nil)
        story.press(Key(.escape), Key(.escape))
        #expect(story.screen(ExecutionsScreen.self) != nil)
    }

    @Test func relatedExecutionsAreReadAfterItselfAndOpened() {
        var story = Story.live()
        story.press(Key(.enter))
        #expect(story.ask("\(path)\(Samples.row(0).id.uuidString.lowercased())/related") == nil)
        story.answerDetail(Samples.full(Samples.row(0)))
        #expect(story.ask("\(path)\(Samples.row(0).id.uuidString.lowercased())/related") != nil)
        story.answer(path, Samples.related)
        story.press(Key(.tab, .shift), Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(33).id)
    }

    @Test func theNeighboursOfTheListAreOpenedInItsPlace() {
        var story = Story.on(2)
        story.press(Key(.enter))
        story.answerDetail(Samples.full(Samples.row(2)))
        story.press(.character("n"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(3).id)
        #expect(story.shows("Reading the execution"))
        story.answerDetail(Samples.full(Samples.row(3)))
        #expect(story.shows("4 of 60 held"))
        story.press(.character("p"), .character("p"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(1).id)
        story.press(.character("p"))
        story.answerDetail(Samples.full(Samples.row(0)))
        story.press(.character("p"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(0).id)
        story.press(.character("h"))
        #expect(story.list.selected?.id == Samples.row(2).id)
    }

    @Test func theNextOnesAreReadFromTheServerWhereTheListEnds() {
        var story = Story.live()
        story.press(.character("G"))
        story.answerList(Samples.page(60..<70, next: "c2"))
        story.press(Key(.enter))
        story.answerDetail(Samples.full(Samples.row(59)))
        for _ in 0..<10 { story.press(.character("n")) }
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(69).id)
        #expect(story.listAsk?.request.parameters.contains(.init("cursor", "c2")) == true)
        while story.fail(path, ServerFailure(.notFound, "gone")) {}
        story.answer(OperatorExecutionPage.path, Samples.page(70..<80, next: nil))
        story.press(.character("n"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(70).id)
    }

    @Test func whatTheListHasReadIsShownAtOnce() {
        var story = Story.on(1)
        story.answerDetail(Samples.full(Samples.row(1)))
        story.press(Key(.enter))
        #expect(story.shows("The window starts on the day of the purchase"))
    }

    @Test func everythingIsThereAsJSON() {
        var story = Story.open(Samples.full(Samples.row(0)), Size(columns: 120, rows: 250))
        story.press(.character("v"))
        for text in ["\"rendered_prompt\"", "\"tool_calls\"", "\"hops\"", "\"relation\": \"previous\""] {
            #expect(story.shows(text), "\(text)")
        }
        story.press(.character("v"))
        #expect(story.shows("Where the time went"))
    }

    @Test func whatIsHiddenIsSaidToBe() {
        let story = Story.open(Samples.full(Samples.row(0), hidden: true))
        #expect(story.shows("Hidden: your role"))
        #expect(!story.shows("Request"))
    }

    @Test func anIdentifierIsFoundInWhatWasPasted() {
        var story = Story.live()
        story.press(.character("#"))
        story.type("no such thing")
        story.press(Key(.enter))
        #expect(story.shows("There is no identifier in it"))
        story.press(.control("u"))
        story.send(.input(.paste("id=\(Samples.uuid(44).uuidString) (error)")))
        story.press(Key(.enter))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.uuid(44))
    }

    @Test func tagsThatSomebodyElseChangedAreReadAnew() {
        var story = Story.open(Samples.full(Samples.row(0)))
        story.hear(.executionsTagged(OperatorTagging(ids: [Samples.row(0).id], added: ["seen"], removed: [])))
        #expect(story.ask(path) != nil)
        story.press(Key(.escape))
        #expect(story.list.selected?.tags == ["production", "rag", "seen"])
    }
}

struct ExecutionCopyTests {
    private func copy(_ letter: Unicode.Scalar, of detail: OperatorExecutionDetail) -> String? {
        var story = Story.open(detail)
        story.press(.character("y"), .character(letter))
        for case .copy(let text) in story.effects { return text }
        return nil
    }

    @Test func theCurlReproducesTheCallWithoutASecret() throws {
        let detail = Samples.full(Samples.row(0), response: "It's 'quoted' \"twice\"\n\\ $HOME `id`")
        let text = try #require(copy("c", of: detail))
        #expect(
            text.hasPrefix("curl -sS \"$SCORABLE_API_URL/v1/evaluators/execute/0193a500-0000-7000-8000-000000000000/\"")
        )
        #expect(text.contains("Authorization: Api-Key $SCORABLE_API_KEY"))
        // What the shell makes of the quotes is the JSON.
        let body = try #require(text.split(separator: "-d '", maxSplits: 1).last).dropLast().replacing(
            "'\\''", with: "'")
        let json = try JSONParser.parse(String(body))
        #expect(json["response"]?.stringValue == detail.response)
        #expect(json["evaluator_version_id"]?.stringValue == Samples.uuid(9).uuidString.lowercased())
        #expect(json["turns"]?[1]?["tool_calls"]?[0]?["id"]?.stringValue == "c1")
        #expect(json["variables"]?["tier"]?.stringValue == "gold")
    }

    @Test func aJudgeIsCalledAsAJudge() throws {
        let text = try #require(copy("c", of: Samples.full(Samples.row(3))))
        #expect(text.contains("/v1/judges/0193a500-0000-7000-8000-000000000003/execute/"))
        #expect(text.contains("judge_version_id"))
    }

    @Test func whatIsHiddenHasNoCurl() {
        #expect(copy("c", of: Samples.full(Samples.row(0), hidden: true)) == nil)
    }

    @Test func jsonIsCopiedWhole() throws {
        let detail = Samples.full(Samples.row(0))
        let text = try #require(copy("j", of: detail))
        #expect(try JSONCodec.decode(OperatorExecutionDetail.self, from: text) == detail)
    }
}

struct FailureAdviceTests {
    /// The raw values of `EvaluationFailure.Code`.
    private static let codes = [
        "provider_error", "rate_limited", "timeout", "invalid_response", "no_provider", "context_length",
        "authentication",
        "refused", "invalid_input", "cancelled", "unavailable", "internal",
    ]

    @Test(arguments: codes)
    func everyReasonIsExplained(_ code: String) {
        #expect(FailureAdvice.known[code] != nil)
        #expect(OperatorFailure(code: code, message: nil).words.count <= 12)
    }

    @Test func aReasonOfANewerServerIsSaidToBeUnknown() {
        #expect(FailureAdvice.of("gremlins").meaning.contains("does not know"))
    }
}
